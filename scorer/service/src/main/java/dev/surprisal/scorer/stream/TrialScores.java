package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.model.ModelSwitch;
import java.util.List;
import java.util.function.UnaryOperator;

/** What would become of records if they came by a pipeline's topic: the same engine, the same bits, and nothing is written. */
public final class TrialScores {

    private TrialScores() {}

    /**
     * Scores them, in their order, with the models of the moment.
     *
     * @param json makes JSON of a record
     */
    public static List<ScoredRecord> of(
            Pipeline pipeline, ModelSwitch models, List<byte[]> records, UnaryOperator<byte[]> json) {
        try (CurrentScorer scorer = new CurrentScorer(
                models, pipeline.maxRecordBytes(), json, pipeline.emission().full(), 0)) {
            return scorer.score(records);
        }
    }
}

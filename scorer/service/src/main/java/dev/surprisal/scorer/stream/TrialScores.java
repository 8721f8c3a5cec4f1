package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.model.ModelSwitch;
import java.util.List;

/** What would become of records if they came by a pipeline's topic: the same engine, the same bits, and nothing is written. */
public final class TrialScores {

    private TrialScores() {}

    /**
     * Scores them, in their order, with the models of the moment.
     *
     * @throws dev.surprisal.scorer.format.RegistryException if there are records that cannot be read as long as the registry does not answer
     */
    public static List<ScoredRecord> of(Pipeline pipeline, ModelSwitch models, List<byte[]> records) {
        try (CurrentScorer scorer = new CurrentScorer(
                models,
                pipeline.maxRecordBytes(),
                pipeline.newFormats()::json,
                pipeline.emission().full(),
                0)) {
            return scorer.score(records);
        }
    }
}

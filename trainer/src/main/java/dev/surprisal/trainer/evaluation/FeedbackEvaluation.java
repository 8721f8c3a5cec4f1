package dev.surprisal.trainer.evaluation;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model would flag of the records that people have labelled.
 *
 * <p>Labels are mostly of records that some model flagged: they tell the precision among what is flagged, and which of the confirmed anomalies are found again, but not how many others were missed.
 *
 * @param confirmed of the confirmed anomalies, those that would be flagged
 * @param falseAlarms of the false alarms, those that would be flagged again
 * @param withoutRecord how many labels have no record, because its topic no longer had it
 * @param unscored how many records could not be scored
 */
public record FeedbackEvaluation(Share confirmed, Share falseAlarms, long withoutRecord, long unscored) {

    /**
     * Scores labelled records in their order.
     *
     * @throws SurprisalException if the rule needs to remember records, of which labels know only some
     */
    public static FeedbackEvaluation of(ScoringModel model, Judge judge, Collection<Labelled> labels) {
        if (judge.rule().looksBack()) {
            throw new SurprisalException("'" + judge.rule()
                    + "' looks back on all records, of which only some have labels; give a rate such as 1/1000");
        }
        Tally tally = new Tally();
        long withoutRecord = 0;
        long unscored = 0;
        var encoder = model.card().newEncoder();
        EncodedRow row = encoder.newRow();
        JsonRecordParser parser = new JsonRecordParser(model.card().spec(), encoder);
        List<Label.Verdict> waiting = new ArrayList<>();
        try (RowBatch batch = model.newBatch()) {
            for (Labelled labelled : labels) {
                if (labelled.json() == null) {
                    withoutRecord++;
                    continue;
                }
                try {
                    parser.parse(labelled.json().getBytes(StandardCharsets.UTF_8), row);
                } catch (RecordException e) {
                    // What a model cannot score is counted, not refused: its spec may be another than that of the time.
                    unscored++;
                    continue;
                }
                batch.add(row);
                waiting.add(labelled.label().verdict());
                if (batch.isFull()) {
                    unscored += judge(judge, batch, waiting, tally);
                }
            }
            unscored += judge(judge, batch, waiting, tally);
        }
        return new FeedbackEvaluation(
                tally.share(Label.Verdict.CONFIRMED), tally.share(Label.Verdict.FALSE_ALARM), withoutRecord, unscored);
    }

    /** How many records of each verdict there were, and how many of them would be flagged. */
    private static final class Tally {
        private final Map<Label.Verdict, Long> all = new EnumMap<>(Label.Verdict.class);
        private final Map<Label.Verdict, Long> flagged = new EnumMap<>(Label.Verdict.class);

        void add(Label.Verdict verdict, boolean anomaly) {
            all.merge(verdict, 1L, Long::sum);
            flagged.merge(verdict, anomaly ? 1L : 0L, Long::sum);
        }

        Share share(Label.Verdict verdict) {
            return new Share(flagged.getOrDefault(verdict, 0L), all.getOrDefault(verdict, 0L));
        }
    }

    private static long judge(Judge judge, RowBatch batch, List<Label.Verdict> waiting, Tally tally) {
        long unscored = 0;
        batch.score();
        for (int row = 0; row < waiting.size(); row++) {
            try {
                Verdict of = judge.verdict(batch, row);
                tally.add(waiting.get(row), of.anomaly());
            } catch (RecordException e) {
                unscored++;
            }
        }
        waiting.clear();
        batch.clear();
        return unscored;
    }

    /** Of the labelled records that would be flagged, the confirmed anomalies. */
    public Share precision() {
        return new Share(confirmed.some(), confirmed.some() + falseAlarms.some());
    }

    /** The figures as plain text, a line each. */
    public String table(Object alarmRate) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%,d labelled records: %,d confirmed anomalies, %,d false alarms",
                confirmed.all() + falseAlarms.all(),
                confirmed.all(),
                falseAlarms.all());
        if (withoutRecord > 0) {
            line(text, "%,d labels more are of records that are gone", withoutRecord);
        }
        if (unscored > 0) {
            line(text, "%,d labelled records more cannot be scored", unscored);
        }
        line(text, "At an alarm rate of %s: precision %s", alarmRate, precision());
        line(text, "Confirmed anomalies flagged: %s", confirmed);
        line(text, "False alarms flagged again:  %s", falseAlarms);
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}

package dev.surprisal.retraining;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.trainer.evaluation.FeedbackEvaluation;
import dev.surprisal.trainer.export.NumberUnits;
import java.util.Collection;
import java.util.List;

/**
 * A model as the gate sees it.
 *
 * @param card what it says of itself
 * @param logDensity [N] the bound on log p(x) of held-out records, in their own units, nats; at least {@value #LEAST}
 * @param flags how many of them it flags
 * @param canFlag whether its calibration can tell the alarm rate at all
 * @param feedback what it would flag of the labelled records
 */
record Candidate(ModelCard card, double[] logDensity, int flags, boolean canFlag, FeedbackEvaluation feedback) {

    /** What stands for a bound that is no number: so improbable is nothing else. */
    static final double LEAST = -1e6;

    /**
     * Looks at a model.
     *
     * @param onnx its file
     * @param heldOut records that fit its spec
     */
    static Candidate of(byte[] onnx, String source, AlarmRate rate, List<byte[]> heldOut, Collection<Labelled> labels) {
        try (ScoringModel model = ScoringModel.open(onnx, source)) {
            Judge judge = new Judge(model.card(), rate);
            NumberUnits units = NumberUnits.of(onnx, model.card().spec());
            double[] logDensity = new double[heldOut.size()];
            int flags = 0;
            RecordEncoder encoder = model.card().newEncoder();
            JsonRecordParser parser = new JsonRecordParser(model.card().spec(), encoder);
            EncodedRow row = encoder.newRow();
            try (RowBatch batch = model.newBatch()) {
                int first = 0;
                for (int i = 0; i < heldOut.size(); i++) {
                    parser.parse(heldOut.get(i), row);
                    logDensity[i] = -logUnits(units, row);
                    batch.add(row);
                    if (batch.isFull() || i == heldOut.size() - 1) {
                        batch.score();
                        flags += judge(judge, batch, logDensity, first);
                        first = i + 1;
                        batch.clear();
                    }
                }
            }
            return new Candidate(
                    model.card(), logDensity, flags, judge.canFlag(), FeedbackEvaluation.of(model, judge, labels));
        }
    }

    private static double logUnits(NumberUnits units, EncodedRow row) {
        double sum = 0;
        for (int j = 0; j < units.logUnit().length; j++) {
            sum += Float.isNaN(row.numbers()[j]) ? 0 : units.logUnit()[j];
        }
        return sum;
    }

    private static int judge(Judge judge, RowBatch batch, double[] logDensity, int first) {
        int flags = 0;
        for (int row = 0; row < batch.size(); row++) {
            double bound = logDensity[first + row] + batch.output(ScoreOutput.ELBO, row);
            logDensity[first + row] = Double.isNaN(bound) ? LEAST : Math.max(LEAST, bound);
            try {
                flags += judge.verdict(batch, row).anomaly() ? 1 : 0;
            } catch (RecordException e) {
                // A score that is no number is a dead letter, not a flag; the bound above counts it as improbable.
                flags += 0;
            }
        }
        return flags;
    }
}

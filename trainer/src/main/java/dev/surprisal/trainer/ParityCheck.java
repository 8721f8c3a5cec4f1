package dev.surprisal.trainer;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.trainer.calibration.EncodedRowScoring;
import dev.surprisal.trainer.data.Draw;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.RandomSubset;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.TrainingException;
import dev.surprisal.trainer.vae.VaeScores;
import java.util.List;

/** Whether the exported graph says the same of records as the trainer's own arithmetic in double precision. */
final class ParityCheck {

    private static final int CHECKED_ROWS = 10_000;
    private static final int CHECKED_OUTPUTS = 1_000_000;
    /** How far the graph may be from the trainer's arithmetic: in nats, and relative, as the logarithm of a variance that comes from z is a sum of many floats. */
    private static final double PARITY = 1e-4;

    private static final double RELATIVE_PARITY = 1e-5;

    private ParityCheck() {}

    /**
     * The greatest difference between the graph's ELBO and the trainer's on some fitted rows, in nats; all other log-probabilities are held to the same.
     *
     * @param noise [L][H] of the latent samples
     * @throws TrainingException if they differ by more than rounding
     */
    static double of(List<TrainedVae> members, float[][] noise, ScoringModel model, Rows fitted, long seed) {
        EncodedRows rows = some(fitted, members.get(0).columns().headOutputs(), seed);
        VaeScores expected = VaeScores.of(members, noise, rows);
        double[] worst = new double[1];
        EncodedRowScoring.score(model, rows, (batch, from) -> {
            for (int i = 0; i < batch.size(); i++) {
                int row = from + i;
                double elbo = expected.elbo()[row];
                worst[0] = Math.max(worst[0], difference("ELBO", row, batch.output(ScoreOutput.ELBO, i), elbo));
                difference(
                        "log-likelihood",
                        row,
                        batch.output(ScoreOutput.LOG_LIKELIHOOD, i),
                        expected.logLikelihood()[row]);
                difference(
                        "reconstruction log-probability",
                        row,
                        batch.output(ScoreOutput.RECONSTRUCTION_LOG_PROBABILITY, i),
                        expected.reconstructionLogProbability()[row]);
                double[] fields = expected.fieldLogProbability()[row];
                for (int column = 0; column < fields.length; column++) {
                    difference("field's log-probability", row, batch.fieldLogProbability(i, column), fields[column]);
                }
            }
        });
        return worst[0];
    }

    /** @param outputs of the decoder's head, of which the trainer's arithmetic takes its time with each */
    private static EncodedRows some(Rows fitted, int outputs, long seed) {
        int most = Math.max(1, Math.min(CHECKED_ROWS, CHECKED_OUTPUTS / outputs));
        int count = (int) Math.min(most, fitted.count());
        return fitted.select(RandomSubset.of(fitted.count(), count, Draw.CHECKED.seed(seed, 0)));
    }

    private static double difference(String what, int row, float exported, double exact) {
        double difference = Math.abs(exported - exact);
        if (!(difference <= PARITY + RELATIVE_PARITY * Math.abs(exact))) {
            throw new TrainingException("the exported graph and the trainer differ in record " + row + ": " + what + " "
                    + exported + " and " + exact + " nats; nothing was written");
        }
        return difference;
    }
}

package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The scores of rows by the trainer's own arithmetic, in double precision and with the formulas written out: what an exported graph is checked against.
 *
 * <p>The latent samples of an ensemble are those of all members, S = members x L, and its density is their mixture in equal parts. What a field is expected to hold is told by the rest of the record:
 * sample s weighs w_s ~ p(x without x_j, z_s) / q(z_s | x), self-normalised.
 *
 * @param elbo [N] mean over the samples of log p(x|z) + log p(z) - log q(z|x), nats
 * @param logLikelihood [N] log 1/S sum exp(log p(x|z) + log p(z) - log q(z|x)), nats
 * @param reconstructionLogProbability [N] mean over the samples of log p(x|z), nats
 * @param fieldLogProbability [N][D+C] mean over the samples of each column's log p(x|z), nats
 * @param expectedNumbers [N][D] weighted mean of the samples' predictions, in the fields' own units; of a boolean the probability of 1
 * @param numberScale [N][D] the deviation around it: of the predictions and of the likelihood together
 * @param probabilities [N][C][V] weighted mean of the samples' probabilities of each known value
 */
public record VaeScores(
        double[] elbo,
        double[] logLikelihood,
        double[] reconstructionLogProbability,
        double[][] fieldLogProbability,
        double[][] expectedNumbers,
        double[][] numberScale,
        double[][][] probabilities) {

    /** So many rows are in memory with all their samples at a time. */
    private static final int CHUNK = 500;
    /** So many outputs of all samples are at most in memory at a time. */
    private static final int OUTPUTS = 1 << 23;

    /**
     * Scores rows by one autoencoder.
     *
     * @param noise [L][K] standard normal values that stand for eps in every row
     */
    public static VaeScores of(TrainedVae vae, float[][] noise, EncodedRows rows) {
        return of(List.of(vae), noise, rows);
    }

    /** Scores rows by an ensemble, the mixture of its members. */
    public static VaeScores of(List<TrainedVae> members, float[][] noise, EncodedRows rows) {
        int n = rows.size();
        int d = rows.numberColumns();
        int c = rows.categoryColumns();
        VaeScores scores = new VaeScores(
                new double[n],
                new double[n],
                new double[n],
                new double[n][d + c],
                new double[n][d],
                new double[n][d],
                new double[n][c][]);
        List<ExactFields> fields = members.stream().map(ExactFields::new).toList();
        int chunkSize = chunkSize(members.get(0).columns(), noise.length);
        for (int from = 0; from < n; from += chunkSize) {
            EncodedRows chunk = rows.select(
                    LongStream.range(from, Math.min(n, from + chunkSize)).toArray());
            List<ExactSamples> samples = members.stream()
                    .map(member -> ExactSamples.of(member, noise, chunk))
                    .toList();
            for (int i = 0; i < chunk.size(); i++) {
                new Row(fields, samples, noise.length, chunk, i).score(scores, from + i);
            }
        }
        return scores;
    }

    private static int chunkSize(Columns columns, int samples) {
        long width = Math.max(Batch.inputs(columns), (long) samples * columns.headOutputs());
        return (int) Math.max(1, Math.min(CHUNK, OUTPUTS / width));
    }

    /** One row with the samples of all members. */
    private static final class Row {
        private final List<ExactFields> fields;
        private final List<ExactSamples> members;
        private final int perMember;
        private final int row;
        /** [D + C][S] */
        private final double[][] logProbability;
        /** [S] */
        private final double[] logLikelihood;
        /** [S] */
        private final double[] logRatio;

        Row(List<ExactFields> fields, List<ExactSamples> members, int perMember, EncodedRows rows, int row) {
            this.fields = fields;
            this.members = members;
            this.perMember = perMember;
            this.row = row;
            int count = members.size() * perMember;
            logProbability = new double[rows.numberColumns() + rows.categoryColumns()][count];
            logLikelihood = new double[count];
            logRatio = new double[count];
            for (int s = 0; s < count; s++) {
                for (int field = 0; field < logProbability.length; field++) {
                    double ofField = fields(s).logProbability(rows, row, field, head(s));
                    logProbability[field][s] = ofField;
                    logLikelihood[s] += ofField;
                }
                logRatio[s] = logLikelihood[s] + members.get(s / perMember).logPriorRatio()[s % perMember][row];
            }
        }

        private ExactFields fields(int s) {
            return fields.get(s / perMember);
        }

        private double[] head(int s) {
            return members.get(s / perMember).head()[s % perMember][row];
        }

        void score(VaeScores scores, int at) {
            scores.elbo[at] = mean(logRatio);
            scores.logLikelihood[at] = ExactSamples.logSumExp(logRatio) - Math.log(logRatio.length);
            scores.reconstructionLogProbability[at] = mean(logLikelihood);
            int d = scores.expectedNumbers[at].length;
            for (int field = 0; field < logProbability.length; field++) {
                scores.fieldLogProbability[at][field] = mean(logProbability[field]);
                double[] weights = weightsWithout(field);
                if (field < d) {
                    expectNumber(field, weights, scores.expectedNumbers[at], scores.numberScale[at]);
                } else {
                    scores.probabilities[at][field - d] = probabilities(field - d, weights);
                }
            }
        }

        /** [S], adding up to 1. */
        private double[] weightsWithout(int field) {
            double[] logWeights = new double[logRatio.length];
            Arrays.setAll(logWeights, s -> logRatio[s] - logProbability[field][s]);
            double logSum = ExactSamples.logSumExp(logWeights);
            return Arrays.stream(logWeights).map(log -> Math.exp(log - logSum)).toArray();
        }

        private void expectNumber(int column, double[] weights, double[] expected, double[] scale) {
            double mean = 0;
            for (int s = 0; s < weights.length; s++) {
                mean += weights[s] * fields(s).predicted(column, head(s));
            }
            expected[column] = mean;
            if (fields.get(0).isBoolean(column)) {
                scale[column] = Math.sqrt(mean * Math.max(0, 1 - mean));
                return;
            }
            double variance = 0;
            for (int s = 0; s < weights.length; s++) {
                double distance = fields(s).predicted(column, head(s)) - mean;
                variance += weights[s] * (distance * distance + fields(s).variance(column, head(s)));
            }
            scale[column] = Math.sqrt(variance);
        }

        private double[] probabilities(int column, double[] weights) {
            double[] sum = new double[fields.get(0).probabilities(column, head(0)).length];
            for (int s = 0; s < weights.length; s++) {
                double[] ofSample = fields(s).probabilities(column, head(s));
                for (int value = 0; value < sum.length; value++) {
                    sum[value] += weights[s] * ofSample[value];
                }
            }
            return sum;
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).sum() / values.length;
        }
    }
}

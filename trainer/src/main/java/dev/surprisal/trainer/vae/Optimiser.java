package dev.surprisal.trainer.vae;

import java.util.Arrays;

/**
 * Adam (Kingma and Ba 2015) on all parameters at once, with the gradient's norm cut.
 *
 * <p>In plain Java, which takes a third of the time of the library's updater.
 */
final class Optimiser {

    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.999;
    private static final float EPSILON = 1e-8f;
    /** The norm that a gradient, per record and column, is cut to. */
    private static final double GREATEST_NORM = 5;

    private final Parameters parameters;
    private final float[] values;
    private final float[] gradient;
    /** First and second moments of the gradient, decaying. */
    private final float[] mean;

    private final float[] square;

    Optimiser(Parameters parameters) {
        this.parameters = parameters;
        int length = Math.toIntExact(parameters.values().length());
        values = new float[length];
        gradient = new float[length];
        mean = new float[length];
        square = new float[length];
    }

    /**
     * One step up the gradient, which is first multiplied by a factor and cut.
     *
     * @param step from 0 on
     */
    void ascend(double factor, double rate, long step) {
        Elementwise.get(parameters.gradient(), gradient);
        Elementwise.get(parameters.values(), values);
        double norm = factor * norm();
        float scale = (float) (factor * Math.min(1, GREATEST_NORM / norm));
        double meanCorrection = 1 - Math.pow(MEAN_DECAY, step + 1.0);
        double squareCorrection = 1 - Math.pow(SQUARE_DECAY, step + 1.0);
        float stepSize = (float) (rate * Math.sqrt(squareCorrection) / meanCorrection);
        float epsilon = (float) (EPSILON * Math.sqrt(squareCorrection));
        float keptMean = (float) MEAN_DECAY;
        float keptSquare = (float) SQUARE_DECAY;
        for (int i = 0; i < values.length; i++) {
            float g = scale * gradient[i];
            mean[i] = keptMean * mean[i] + (1 - keptMean) * g;
            square[i] = keptSquare * square[i] + (1 - keptSquare) * g * g;
            values[i] += stepSize * mean[i] / ((float) Math.sqrt(square[i]) + epsilon);
        }
        Elementwise.put(values, parameters.values());
    }

    /** A copy of the first moments, followed by the second. */
    float[] moments() {
        float[] moments = Arrays.copyOf(mean, 2 * mean.length);
        System.arraycopy(square, 0, moments, mean.length, square.length);
        return moments;
    }

    void restore(float[] moments) {
        System.arraycopy(moments, 0, mean, 0, mean.length);
        System.arraycopy(moments, mean.length, square, 0, square.length);
    }

    private double norm() {
        double sum = 0;
        for (float g : gradient) {
            sum += (double) g * g;
        }
        return Math.sqrt(sum);
    }
}

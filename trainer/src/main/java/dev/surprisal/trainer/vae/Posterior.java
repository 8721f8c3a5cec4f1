package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The diagonal normal distributions q(z | x) at R rows of the encoder's input, and one sample z = mu + sigma eps of the first N of them (the
 * reparameterisation of Kingma and Welling 2014).
 *
 * <p>The log-variance is clamped to [{@value TrainedVae#MIN_LOG_VARIANCE}, {@value TrainedVae#MAX_LOG_VARIANCE}]; beyond, its gradient is 0.
 */
final class Posterior {

    private final int samples;
    private final INDArray mean;
    private final INDArray linearLogVariance;
    private final INDArray logVariance;
    private final INDArray meanGradient;
    private final INDArray logVarianceGradient;
    private final INDArray clamped;
    private final INDArray deviation;
    private final INDArray noise;
    private final INDArray sample;
    private final INDArray sampleGradient;
    private final INDArray work;

    Posterior(DataType type, int rows, int samples, int latent) {
        this.samples = samples;
        mean = Elementwise.zeros(type, rows, latent);
        linearLogVariance = Elementwise.zeros(type, rows, latent);
        logVariance = Elementwise.zeros(type, rows, latent);
        meanGradient = Elementwise.zeros(type, rows, latent);
        logVarianceGradient = Elementwise.zeros(type, rows, latent);
        clamped = Elementwise.zeros(type, rows, latent);
        deviation = Elementwise.zeros(type, samples, latent);
        noise = Elementwise.zeros(type, samples, latent);
        sample = Elementwise.zeros(type, samples, latent);
        sampleGradient = Elementwise.zeros(type, samples, latent);
        work = Elementwise.zeros(type, samples, latent);
    }

    /** [R, K] mu, written by the encoder. */
    INDArray mean() {
        return mean;
    }

    /** [R, K] log sigma^2 before the clamp, written by the encoder. */
    INDArray linearLogVariance() {
        return linearLogVariance;
    }

    /** [R, K] log sigma^2 */
    INDArray logVariance() {
        return logVariance;
    }

    /** [R, K] by mu */
    INDArray meanGradient() {
        return meanGradient;
    }

    /** [R, K] by log sigma^2 */
    INDArray logVarianceGradient() {
        return logVarianceGradient;
    }

    /** [N, K] eps, to be filled before {@link #draw}. */
    INDArray noise() {
        return noise;
    }

    /** [N, K] z */
    INDArray sample() {
        return sample;
    }

    /** [N, K] by z */
    INDArray sampleGradient() {
        return sampleGradient;
    }

    INDArray ofSamples(INDArray rows) {
        return Elementwise.rows(rows, 0, samples);
    }

    INDArray ofComponents(INDArray rows) {
        return Elementwise.rows(rows, samples, rows.rows());
    }

    /** Clamps the log-variances and draws the samples. */
    void draw() {
        Elementwise.atLeast(TrainedVae.MIN_LOG_VARIANCE, linearLogVariance, logVariance);
        Elementwise.atMost(TrainedVae.MAX_LOG_VARIANCE, logVariance, logVariance);
        ofSamples(logVariance).muli(0.5, deviation);
        Elementwise.exp(deviation, deviation);
        Elementwise.multiply(deviation, noise, sample);
        Elementwise.add(sample, ofSamples(mean), sample);
    }

    /** Takes the gradient by z on to mu and log sigma^2: by mu it is the same, by log sigma^2 half of it times sigma eps. */
    void backward() {
        INDArray ofMean = ofSamples(meanGradient);
        Elementwise.add(ofMean, sampleGradient, ofMean);
        Elementwise.multiply(deviation, noise, work);
        Elementwise.multiply(work, sampleGradient, work);
        work.muli(0.5);
        INDArray ofLogVariance = ofSamples(logVarianceGradient);
        Elementwise.add(ofLogVariance, work, ofLogVariance);

        Elementwise.subtract(linearLogVariance, logVariance, clamped);
        // 1 where the clamp did nothing, 0 where it cut.
        Nd4j.exec(new Sign(clamped, clamped));
        Elementwise.multiply(clamped, clamped, clamped);
        clamped.rsubi(1);
        Elementwise.multiply(logVarianceGradient, clamped, logVarianceGradient);
    }
}

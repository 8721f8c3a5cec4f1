package dev.surprisal.trainer.vae;

/**
 * What draws of a gradient estimator came to.
 *
 * @param mean [P] by each parameter
 * @param variance [P] of a single draw
 * @param draws how many there were
 */
record EstimatorMoments(double[] mean, double[] variance, int draws) {

    /** [P] draws, of which each is the mean of so many. */
    static EstimatorMoments of(double[][] draws, int perDraw) {
        double[] mean = new double[draws[0].length];
        double[] squares = new double[mean.length];
        int count = 0;
        for (double[] draw : draws) {
            count++;
            for (int p = 0; p < mean.length; p++) {
                double difference = draw[p] - mean[p];
                mean[p] += difference / count;
                squares[p] += difference * (draw[p] - mean[p]);
            }
        }
        for (int p = 0; p < mean.length; p++) {
            squares[p] *= (double) perDraw / (count - 1);
        }
        return new EstimatorMoments(mean, squares, count * perDraw);
    }

    double standardError(int parameter) {
        return Math.sqrt(variance[parameter] / draws);
    }

    /** Added up over the parameters. */
    double totalVariance() {
        double sum = 0;
        for (double v : variance) {
            sum += v;
        }
        return sum;
    }
}

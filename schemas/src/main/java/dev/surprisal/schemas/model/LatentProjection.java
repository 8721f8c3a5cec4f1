package dev.surprisal.schemas.model;

/**
 * The latent map: posterior means mu(x) in the two directions in which those of held-out records vary most, their first principal components.
 *
 * @param centre [K] the mean of mu(x) over held-out records
 * @param axes [2][K] unit vectors of the two directions; 0 where there is no second one
 * @param explained the share of the variance that the two hold, in [0, 1]
 * @param normal [N][2] where held-out records lie, at most {@value #MOST}
 */
public record LatentProjection(double[] centre, double[][] axes, double explained, double[][] normal) {

    /** How many held-out records are shown. */
    public static final int MOST = 400;

    public LatentProjection {
        if (axes.length != 2 || axes[0].length != centre.length || axes[1].length != centre.length) {
            throw new ModelException("a latent map needs two axes of " + centre.length + " dimensions");
        }
        if (normal.length > MOST) {
            throw new ModelException(
                    "a latent map shows " + normal.length + " records; at most " + MOST + " are taken");
        }
        checkPairs("a latent map", normal);
    }

    static void checkPairs(String of, double[][] points) {
        for (double[] point : points) {
            if (point.length != 2) {
                throw new ModelException(of + " has a point of " + point.length + " coordinates instead of two");
            }
        }
    }

    /** K, how many latent dimensions there are. */
    public int latentSize() {
        return centre.length;
    }

    /**
     * Where a record lies.
     *
     * @param mean [K] mu(x)
     * @return [2]
     */
    public double[] at(float[] mean) {
        double[] point = new double[2];
        for (int k = 0; k < centre.length; k++) {
            for (int axis = 0; axis < 2; axis++) {
                point[axis] += (mean[k] - centre[k]) * axes[axis][k];
            }
        }
        return point;
    }
}

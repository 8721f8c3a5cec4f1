package dev.surprisal.schemas.model;

/**
 * How the fit of one autoencoder went.
 *
 * @param fitted [N][2] step, and the evidence lower bound of the records it is fitted to, nats per record, smoothed over the last steps; in the first fifth with a reduced weight of the divergence; at most {@value #MOST} points
 * @param heldOut [N][2] step, and the bound of held-out records, nats per record; empty where nothing was held out that is new; at most {@value #MOST} points
 */
public record FitCourse(double[][] fitted, double[][] heldOut) {

    /** How many points a course keeps. */
    public static final int MOST = 200;

    public FitCourse {
        check(fitted);
        check(heldOut);
    }

    private static void check(double[][] points) {
        if (points.length > MOST) {
            throw new ModelException("a fit's course has " + points.length + " points; at most " + MOST + " are taken");
        }
        LatentProjection.checkPairs("a fit's course", points);
    }
}

package dev.surprisal.bench.quality;

import java.nio.file.Path;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.hipparchus.stat.correlation.Covariance;

/** The Mahalanobis distance from the training rows' mean (Mahalanobis 1936), by the pseudo-inverse of their covariance. */
final class MahalanobisDistance implements Detector {

    @Override
    public String name() {
        return "Mahalanobis";
    }

    @Override
    public Scores score(Protocol.Split split, long seed, Path folder) {
        Standardised rows = Standardised.of(split);
        long start = System.nanoTime();
        RealMatrix covariance = new Covariance(rows.training()).getCovarianceMatrix();
        RealMatrix precision =
                new SingularValueDecomposition(covariance).getSolver().getInverse();
        double fitSeconds = (System.nanoTime() - start) / 1e9;
        double[] scores = new double[rows.test().length];
        for (int i = 0; i < scores.length; i++) {
            double[] row = rows.test()[i];
            scores[i] =
                    MatrixUtils.createRealVector(precision.operate(row)).dotProduct(MatrixUtils.createRealVector(row));
        }
        return new Scores(scores, fitSeconds);
    }
}

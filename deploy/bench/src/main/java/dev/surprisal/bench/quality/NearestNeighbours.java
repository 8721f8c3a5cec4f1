package dev.surprisal.bench.quality;

import com.oracle.labs.mlrg.olcut.util.Pair;
import java.nio.file.Path;
import java.util.List;
import org.tribuo.math.distance.L2Distance;
import org.tribuo.math.la.DenseVector;
import org.tribuo.math.la.SGDVector;
import org.tribuo.math.neighbour.NeighboursQuery;
import org.tribuo.math.neighbour.kdtree.KDTreeFactory;

/** The mean distance to the {@value #NEIGHBOURS} nearest training rows (Ramaswamy et al. 2000; Angiulli and Pizzuti 2002). */
final class NearestNeighbours implements Detector {

    private static final int NEIGHBOURS = 5;

    @Override
    public String name() {
        return "kNN";
    }

    @Override
    public Scores score(Protocol.Split split, long seed, Path folder) {
        Standardised rows = Standardised.of(split);
        long start = System.nanoTime();
        NeighboursQuery query = new KDTreeFactory(new L2Distance(), 1).createNeighboursQuery(vectors(rows.training()));
        double fitSeconds = (System.nanoTime() - start) / 1e9;
        SGDVector[] test = vectors(rows.test());
        double[] scores = new double[test.length];
        for (int i = 0; i < scores.length; i++) {
            List<Pair<Integer, Double>> nearest = query.query(test[i], NEIGHBOURS);
            scores[i] = nearest.stream().mapToDouble(Pair::getB).average().orElseThrow();
        }
        return new Scores(scores, fitSeconds);
    }

    private static SGDVector[] vectors(double[][] rows) {
        SGDVector[] vectors = new SGDVector[rows.length];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = DenseVector.createDenseVector(rows[i]);
        }
        return vectors;
    }
}

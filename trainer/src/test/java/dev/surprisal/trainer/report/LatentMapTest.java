package dev.surprisal.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.LatentProjection;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatentMapTest {

    @Test
    void findsTheTwoDirectionsOfGreatestVarianceInAnyRotation() {
        SplittableRandom random = new SplittableRandom(7);
        double[][] points = new double[500][];
        double[][] truth = new double[500][];
        for (int i = 0; i < points.length; i++) {
            double a = 5 * (random.nextDouble() - 0.5);
            double b = 2 * (random.nextDouble() - 0.5);
            double c = 0.01 * (random.nextDouble() - 0.5);
            truth[i] = new double[] {a, b};
            // Rotated by 45 degrees in the first two and in the last two dimensions.
            double r = Math.sqrt(0.5);
            double x = r * (a - b);
            double y = r * (a + b);
            points[i] = new double[] {x, r * (y - c), r * (y + c), 3};
        }

        LatentMap map = LatentMap.of(points);

        assertThat(map.explained()).isGreaterThan(0.999);
        for (int i = 1; i < points.length; i++) {
            double expected = Math.hypot(truth[i][0] - truth[0][0], truth[i][1] - truth[0][1]);
            double found = Math.hypot(map.points()[i][0] - map.points()[0][0], map.points()[i][1] - map.points()[0][1]);
            assertThat(found).isCloseTo(expected, within(0.02));
        }
        LatentProjection kept = map.projection();
        assertThat(kept.normal()).hasDimensions(LatentProjection.MOST, 2);
        for (int i = 0; i < LatentProjection.MOST; i++) {
            float[] mean = new float[4];
            for (int k = 0; k < mean.length; k++) {
                mean[k] = (float) points[i][k];
            }
            assertThat(kept.at(mean)).containsExactly(map.points()[i], within(1e-5));
            assertThat(kept.normal()[i]).containsExactly(map.points()[i], within(1e-3));
        }
    }

    @Test
    void drawsWhatDoesNotVaryInOnePoint() {
        LatentMap map = LatentMap.of(new double[][] {{1, 2}, {1, 2}});

        assertThat(map.points()).isDeepEqualTo(new double[][] {{0, 0}, {0, 0}});
        assertThat(map.explained()).isZero();
        assertThat(LatentMap.of(new double[0][]).points()).isEmpty();
        assertThat(LatentMap.of(new double[][] {{1}, {3}}).points()[1][0]).isCloseTo(1, within(1e-9));
    }
}

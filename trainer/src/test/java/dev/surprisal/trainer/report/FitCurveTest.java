package dev.surprisal.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FitCurveTest {

    @Test
    void keepsTheCourseOfLongFitsInFewPoints() {
        FitCurve curve = new FitCurve();
        for (int step = 1; step <= 100_000; step++) {
            curve.add(0, step, -step);
        }
        curve.add(1, 1, 5);

        List<double[]> points = curve.members().get(0);
        assertThat(points).hasSizeBetween(400, 1_000);
        assertThat(points).allSatisfy(point -> assertThat(point[1]).isEqualTo(-point[0]));
        for (int i = 1; i < points.size(); i++) {
            assertThat(points.get(i)[0] - points.get(i - 1)[0]).isEqualTo(points.get(0)[0]);
        }
        assertThat(curve.members().get(1)).hasSize(1);
    }
}

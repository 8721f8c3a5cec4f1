package dev.surprisal.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.FitCourse;
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

    @Test
    void keepsFewPointsInTheModelWithTheLastOne() {
        FitCurve curve = new FitCurve();
        for (int step = 1; step <= 999; step++) {
            curve.add(0, step, step < 4 ? Double.NaN : -1.0 / 3 * step);
        }
        curve.addHeldOut(0, 500, -123.4567);

        FitCourse course = curve.courses().get(0);

        assertThat(course.fitted().length).isBetween(150, FitCourse.MOST);
        assertThat(course.fitted()[course.fitted().length - 1]).containsExactly(999, -333);
        assertThat(course.heldOut()).isDeepEqualTo(new double[][] {{500, -123.5}});
        assertThat(new FitCurve().courses()).isEmpty();
    }
}

package dev.surprisal.trainer.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;

/** Points to draw: nobody sees more of their coordinates than four digits. */
final class FewDigits {

    private static final MathContext DIGITS = new MathContext(4);

    private FewDigits() {}

    /** Points with finite coordinates; others are left out. */
    static double[][] of(double[][] points) {
        return Arrays.stream(points)
                .filter(point -> Arrays.stream(point).allMatch(Double::isFinite))
                .map(point -> Arrays.stream(point).map(FewDigits::of).toArray())
                .toArray(double[][]::new);
    }

    /** Points whose first coordinate is a step, which stays as it is. */
    static double[][] ofCurve(List<double[]> points) {
        return points.stream()
                .filter(point -> Double.isFinite(point[1]))
                .map(point -> new double[] {point[0], of(point[1])})
                .toArray(double[][]::new);
    }

    private static double of(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }
}

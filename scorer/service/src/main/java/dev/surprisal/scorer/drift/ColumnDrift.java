package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Whether a column is still like in training, window by window. A state rises at once, and falls when two windows in a row say so. */
final class ColumnDrift {

    private static final double LOW = 0.05;
    private static final double HIGH = 0.95;
    private static final int DIGITS = 4;

    private final ColumnWindow window;
    private final ColumnReference reference;
    private final List<String> labels;
    private final double usualMedian;
    private boolean fell;
    private FieldDrift drift;

    /** @param values of a category, in the order of their codes; null of a number */
    ColumnDrift(ColumnReference reference, List<String> values) {
        this.reference = reference;
        window = new ColumnWindow(reference);
        labels = labels(reference, values);
        usualMedian = reference.isNumber() ? median(reference) : Double.NaN;
        drift = drift(DriftState.STABLE, Double.NaN, Double.NaN, "", new long[reference.counts().length]);
    }

    ColumnWindow window() {
        return window;
    }

    FieldDrift drift() {
        return drift;
    }

    /**
     * Compares the window, and begins another.
     *
     * @param error with which probability a column that did not change may be found changed
     * @return the state before
     */
    DriftState close(double error) {
        long[] counts = window.counts();
        StabilityIndex index = StabilityIndex.of(reference.counts(), counts);
        DriftState before = drift.state();
        DriftState found = index.state(error);
        boolean falls = found.compareTo(before) < 0;
        DriftState now = falls && !fell ? before : found;
        fell = falls;
        drift = drift(
                now,
                index.value(),
                index.chance(),
                found == DriftState.STABLE ? "" : sentence(index.mostMoved(), counts),
                counts);
        window.clear();
        return before;
    }

    private FieldDrift drift(DriftState state, double index, double chance, String sentence, long[] counts) {
        return new FieldDrift(
                reference.column(),
                state,
                index,
                chance,
                sentence,
                window.quantile(LOW),
                window.quantile(0.5),
                window.quantile(HIGH),
                usualMedian,
                reference,
                counts,
                labels);
    }

    private String sentence(int cell, long[] counts) {
        String now = percent(counts, cell);
        String usual = percent(reference.counts(), cell);
        if (cell == ColumnReference.MISSING) {
            return reference.column() + " is missing in " + now + " of the records, where " + usual + " is usual";
        }
        if (reference.isNumber()) {
            return reference.column() + " is " + figure(window.quantile(0.5)) + " in the median, 90 % from "
                    + figure(window.quantile(LOW)) + " to " + figure(window.quantile(HIGH)) + ", where "
                    + figure(usualMedian) + " is usual";
        }
        if (cell == ColumnReference.UNSEEN) {
            return reference.column() + " has values that training did not know in " + now + " of the records, where "
                    + usual + " is usual";
        }
        return reference.column() + " is " + labels.get(cell) + " in " + now + " of the records, where " + usual
                + " is usual";
    }

    private static String percent(long[] counts, int cell) {
        long all = Arrays.stream(counts).sum();
        return String.format(Locale.ROOT, "%s %%", figure(all == 0 ? 0 : 100.0 * counts[cell] / all, 2));
    }

    private static String figure(double value) {
        return figure(value, DIGITS);
    }

    private static String figure(double value, int digits) {
        if (Double.isNaN(value)) {
            return "nothing";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
        return rounded.precision() - rounded.scale() > 9 || rounded.scale() > 9
                ? rounded.stripTrailingZeros().toString()
                : rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private static List<String> labels(ColumnReference reference, List<String> values) {
        List<String> labels = new ArrayList<>();
        labels.add("missing");
        if (!reference.isNumber()) {
            labels.add("not known to training");
            for (int code : reference.codes()) {
                labels.add(values.get(code - 1));
            }
            labels.add("rarer values");
            return labels;
        }
        float[] edges = reference.edges();
        for (int cell = 0; cell <= edges.length; cell++) {
            labels.add(label(edges, cell));
        }
        return labels;
    }

    /** @param cell from 0 on, below the first edge */
    private static String label(float[] edges, int cell) {
        if (edges.length == 0) {
            return "any value";
        }
        // Below the first edge there is nothing in training: it lies just below the least value.
        String least = figure(Math.nextUp(edges[0]));
        if (cell == 0) {
            return "below " + least;
        }
        if (cell == edges.length) {
            return "above " + figure(edges[cell - 1]);
        }
        String most = figure(edges[cell]);
        if (cell == 1) {
            return least.equals(most) ? most : "from " + least + " to " + most;
        }
        return "above " + figure(edges[cell - 1]) + " to " + most;
    }

    /** The edge up to which half of the values lie, within the width of a cell. */
    private static double median(ColumnReference reference) {
        long[] counts = reference.counts();
        long known = reference.records() - counts[ColumnReference.MISSING];
        long below = 0;
        for (int edge = 0; edge < reference.edges().length; edge++) {
            below += counts[1 + edge];
            if (known > 0 && 2 * below >= known) {
                return reference.edges()[edge];
            }
        }
        return Double.NaN;
    }
}

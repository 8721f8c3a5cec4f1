package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.RecordSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Number columns of which a model can learn nothing, or not what there is to see.
 *
 * @param allMissing whether no record holds any value at all
 * @param warnings a sentence for each
 */
public record OddColumns(boolean allMissing, List<String> warnings) {

    /** What is looked at closely. */
    private static final int SAMPLE = 2_000;
    /** In deviations of its column: values nearer than that are told apart by no model. */
    private static final double RESOLUTION = 1e-4;

    private static final int MANY = 10;
    private static final int FEW = 3;

    /** Looks for them. */
    public static OddColumns among(Rows rows, RecordSpec spec) {
        Scan scan = new Scan(rows.numberColumns());
        rows.forEachBlock(scan::add);
        // A category column without values has been refused before.
        boolean allMissing =
                rows.categoryColumns() == 0 && Arrays.stream(scan.known).allMatch(count -> count == 0);
        return new OddColumns(allMissing, scan.warnings(spec.numberColumns(), rows.first(SAMPLE)));
    }

    /** What there is in each column. */
    private static final class Scan {
        private final long[] known;
        private final float[] least;
        private final float[] greatest;
        private final double[] mean;
        private final double[] squares;

        Scan(int d) {
            known = new long[d];
            least = new float[d];
            greatest = new float[d];
            mean = new double[d];
            squares = new double[d];
        }

        void add(EncodedRows block) {
            int d = known.length;
            for (int i = 0; i < block.numbers().length; i++) {
                float value = block.numbers()[i];
                int j = i % d;
                if (!Float.isNaN(value)) {
                    least[j] = known[j] == 0 ? value : Math.min(least[j], value);
                    greatest[j] = known[j] == 0 ? value : Math.max(greatest[j], value);
                    double difference = value - mean[j];
                    mean[j] += difference / ++known[j];
                    squares[j] += difference * (value - mean[j]);
                }
            }
        }

        List<String> warnings(List<Column> columns, EncodedRows some) {
            List<String> warnings = new ArrayList<>();
            for (int j = 0; j < known.length; j++) {
                String field = "field '" + columns.get(j).name() + "' ";
                if (known[j] == 0) {
                    warnings.add(field + "is missing in all records, so the model will know nothing of it");
                } else if (least[j] == greatest[j]) {
                    warnings.add(field + "holds " + least[j]
                            + " in all records, so the model will know nothing but how far a value is from it");
                } else if (isCrowded(some, j)) {
                    warnings.add(String.format(
                            Locale.ROOT,
                            "%sranges from %s to %s, beside which most of its values look the same; give the model their logarithms, or leave such records out",
                            field,
                            least[j],
                            greatest[j]));
                }
            }
            return warnings;
        }

        /** Whether values that differ become the same few once they are standardised. */
        private boolean isCrowded(EncodedRows some, int j) {
            double deviation = Math.sqrt(squares[j] / known[j]);
            Set<Float> values = new HashSet<>();
            Set<Long> standardised = new HashSet<>();
            for (int i = 0; i < some.size(); i++) {
                float value = some.numbers()[i * known.length + j];
                if (!Float.isNaN(value)) {
                    values.add(value);
                    standardised.add(Math.round((value - mean[j]) / deviation / RESOLUTION));
                }
            }
            return values.size() >= MANY && standardised.size() <= FEW;
        }
    }
}

package dev.surprisal.bench.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a table is divided into records to learn from and records to judge. */
enum Protocol {

    /**
     * As in Livernoche et al. (ICLR 2024): fewer than 1,000 rows are resampled to 1,000 with replacement, more than 50,000 subsampled; the first half of the normal rows, unshuffled, is for
     * training, the other half and all anomalies for the test.
     */
    ONE_CLASS {
        @Override
        Split split(LabelledTable table, long seed) {
            LabelledTable sized = sized(table, seed, true);
            return halves(sized, IntStream.range(0, sized.size()).toArray());
        }
    },

    /** One-class on the distinct rows, shuffled and not resampled, so that no row of the test stands in the training. */
    CLEAN {
        @Override
        Split split(LabelledTable table, long seed) {
            Set<String> seen = new HashSet<>();
            int[] distinct = IntStream.range(0, table.size())
                    .filter(row -> seen.add(table.rows().get(row)))
                    .toArray();
            LabelledTable sized = sized(table.select(distinct), seed, false);
            return halves(sized, shuffled(sized.size(), new Random(seed + 1)));
        }
    },

    /** A bootstrap of all rows, anomalies included, is for training, and all rows for the test. */
    CONTAMINATED {
        @Override
        Split split(LabelledTable table, long seed) {
            LabelledTable sized = sized(table, seed, true);
            Random random = new Random(seed + 1);
            int[] bootstrap = IntStream.range(0, sized.size())
                    .map(row -> random.nextInt(sized.size()))
                    .toArray();
            return new Split(sized.select(bootstrap), sized, false);
        }
    },

    /** As one-class, but a twentieth of the anomalies, at least five, are known in the training, and not in the test. */
    PARTLY_LABELLED {
        @Override
        Split split(LabelledTable table, long seed) {
            Split split = ONE_CLASS.split(table, seed);
            int[] anomalies = IntStream.range(0, split.test.size())
                    .filter(row -> split.test.anomalous()[row])
                    .toArray();
            int known = Math.max(5, anomalies.length / 20);
            int[] order = shuffled(anomalies.length, new Random(seed + 2));
            Set<Integer> taken =
                    IntStream.of(order).limit(known).mapToObj(i -> anomalies[i]).collect(Collectors.toSet());
            int[] others = IntStream.range(0, split.test.size())
                    .filter(row -> !taken.contains(row))
                    .toArray();
            return new Split(
                    split.training.and(split.test.select(
                            taken.stream().mapToInt(Integer::intValue).toArray())),
                    split.test.select(others),
                    true);
        }
    };

    private static final int FEWEST_ROWS = 1_000;
    private static final int MOST_ROWS = 50_000;

    /**
     * The two parts of a table.
     *
     * @param labelled whether detectors see the labels of the training rows
     */
    record Split(LabelledTable training, LabelledTable test, boolean labelled) {}

    abstract Split split(LabelledTable table, long seed);

    /** The table, resampled where it is small and subsampled where it is large. */
    private static LabelledTable sized(LabelledTable table, long seed, boolean resampled) {
        Random random = new Random(seed);
        if (table.size() > MOST_ROWS) {
            return table.select(Arrays.copyOf(shuffled(table.size(), random), MOST_ROWS));
        }
        if (resampled && table.size() < FEWEST_ROWS) {
            return table.select(random.ints(FEWEST_ROWS, 0, table.size()).toArray());
        }
        return table;
    }

    private static int[] shuffled(int size, Random random) {
        int[] order = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** The first half of the normal rows, in the given order, and all others. */
    private static Split halves(LabelledTable table, int[] order) {
        int half = Math.round((table.size() - table.anomalies()) / 2f);
        List<Integer> training = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        for (int row : order) {
            boolean learned = !table.anomalous()[row] && training.size() < half;
            (learned ? training : test).add(row);
        }
        return new Split(table.select(indices(training)), table.select(indices(test)), false);
    }

    private static int[] indices(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }
}

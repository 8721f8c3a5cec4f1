package dev.surprisal.scorer.stream;

import dev.surprisal.engine.RowScorer;
import dev.surprisal.engine.Screen;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Draws one row of so many, at a random place among them, so that nothing that recurs in a stream is always met or always missed. The places are the same in every run. Of one thread.
 */
final class RowSampler {

    private final ModelCard card;
    private final Screen screen;
    private final int every;
    private final int numberColumns;
    private final int categoryColumns;
    private final SplittableRandom random = new SplittableRandom(1);
    private int left;
    private int pick;
    private int size;
    private int[] rows = new int[64];
    private float[] numbers;
    private int[] categories;

    /**
     * @param screen by which the rows are scored; null where all are scored in full
     * @param every of how many rows one is drawn
     */
    RowSampler(ModelCard card, Screen screen, int every) {
        this.card = card;
        this.screen = screen;
        this.every = every;
        numberColumns = card.spec().numberColumns().size();
        categoryColumns = card.spec().categoryColumns().size();
        numbers = new float[rows.length * numberColumns];
        categories = new int[rows.length * categoryColumns];
    }

    /** Looks at a row, and keeps a copy of it where it is drawn. */
    void offer(EncodedRow row, int index) {
        if (left == 0) {
            left = every;
            pick = random.nextInt(every);
        }
        if (--left != pick) {
            return;
        }
        if (size == rows.length) {
            rows = Arrays.copyOf(rows, 2 * size);
            numbers = Arrays.copyOf(numbers, rows.length * numberColumns);
            categories = Arrays.copyOf(categories, rows.length * categoryColumns);
        }
        System.arraycopy(row.numbers(), 0, numbers, size * numberColumns, numberColumns);
        System.arraycopy(row.categories(), 0, categories, size * categoryColumns, categoryColumns);
        rows[size++] = index;
    }

    /** What has been drawn since the last time, of rows that have been scored. */
    RowSample take(RowScorer scored) {
        double[] pValues = new double[size];
        for (int i = 0; i < size; i++) {
            pValues[i] = scored.comparablePValue(rows[i]);
        }
        RowSample sample = new RowSample(
                card,
                scored.size(),
                size,
                Arrays.copyOf(numbers, size * numberColumns),
                Arrays.copyOf(categories, size * categoryColumns),
                pValues,
                screen != null,
                screen == null ? card.calibration() : screen.calibration());
        size = 0;
        return sample;
    }

    /** Forgets what has been drawn, of rows that could not be scored. */
    void clear() {
        size = 0;
    }
}

package dev.surprisal.engine;

import dev.surprisal.engine.FieldReason.Direction;
import dev.surprisal.engine.FieldReason.Likely;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.Removal;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.Likelihood;
import dev.surprisal.schemas.record.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which columns made a record improbable: those without which it is most probable, compared to what is usual for the column.
 *
 * <p>The surprise of column j is s(x) - s(x without x_j) - r_j, with the score s and the median r_j of that difference over calibration records: log p(x without x_j) - log p(x) = -log p(x_j | the others) as far as the bounds are tight. Without r_j, columns that
 * are hard to predict for every record would lead every list. The record is scored without the value, so a bad value explains neither itself nor, by the code that it leads the encoder to, the others away.
 */
final class Reasons {

    private static final int MOST = 5;
    /** Less surprise than this, in nats, is no reason. */
    private static final double LEAST = 1;
    /** Columns that are removed, those whose log-probability lies furthest below what is typical for them; with the row itself, a block of rows. */
    private static final int MOST_CANDIDATES = RowBatch.BLOCK - 1;

    private static final int MOST_LIKELY = 3;
    private static final double LEAST_LIKELY = 0.01;
    /** Half the width, in deviations, of the central 95 % of a normal distribution. */
    private static final double CENTRAL_95 = 1.959964;

    private final List<Column> numbers;
    private final List<Column> categories;
    private final List<Vocabulary> vocabularies;
    private final int[] firstValue;
    private final ScoreOutput score;
    private final double[] typical;
    private final Removal usual;

    Reasons(ModelCard card) {
        numbers = card.spec().numberColumns();
        categories = card.spec().categoryColumns();
        vocabularies = card.vocabularies();
        firstValue = new int[vocabularies.size()];
        for (int column = 1; column < firstValue.length; column++) {
            firstValue[column] = firstValue[column - 1]
                    + vocabularies.get(column - 1).values().size();
        }
        score = card.score();
        typical = card.calibration().typicalLogProbability();
        Removal removal = card.calibration().removal();
        usual = removal == null ? unknown(typical, numbers.size()) : removal;
    }

    /** Of cards that do not tell: as if the columns did not depend on each other. */
    private static Removal unknown(double[] typical, int numbers) {
        double[] high = new double[numbers];
        Arrays.fill(high, CENTRAL_95);
        return new Removal(
                Arrays.stream(typical).map(median -> -median).toArray(),
                Arrays.stream(high).map(end -> -end).toArray(),
                high);
    }

    /** The columns of a row to score it without, each in turn. */
    int[] candidates(RowBatch batch, int row) {
        return IntStream.range(0, typical.length)
                .filter(column -> !batch.isMissing(row, column))
                .boxed()
                .sorted(Comparator.comparingDouble(column -> batch.fieldLogProbability(row, column) - typical[column]))
                .limit(MOST_CANDIDATES)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /**
     * The reasons of a row.
     *
     * @param batch explained or scored
     * @param row with all its values; those without each of the columns in turn follow
     */
    List<FieldReason> of(RowBatch batch, int row, int[] columns) {
        double[] surprise = new double[columns.length];
        double all = 0;
        for (int i = 0; i < columns.length; i++) {
            surprise[i] = bound(batch, row + 1 + i) - bound(batch, row) - usual.surprise()[columns[i]];
            all += Math.max(0, surprise[i]);
        }
        double sum = all;
        List<FieldReason> reasons = new ArrayList<>();
        IntStream.range(0, columns.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -surprise[i]))
                .limit(MOST)
                // The first stays even if it is not surprising by itself: the combination was.
                .filter(i -> reasons.isEmpty() || surprise[i] >= LEAST)
                .forEach(i -> {
                    double share = sum > 0 ? Math.max(0, surprise[i]) / sum : 0;
                    reasons.add(reason(new Place(batch, row, row + 1 + i), columns[i], surprise[i], share));
                });
        return reasons;
    }

    private double bound(RowBatch batch, int row) {
        return batch.explains() ? batch.firstLook(row) : batch.output(score, row);
    }

    /** Where a record's values are, and what is expected of the one that was removed. */
    private record Place(RowBatch batch, int row, int without) {}

    private FieldReason reason(Place place, int column, double surprise, double share) {
        if (column >= numbers.size()) {
            return category(place, column - numbers.size(), surprise, share);
        }
        return numbers.get(column).field().type() == FieldType.BOOLEAN
                ? bool(place, column, surprise, share)
                : number(place, column, surprise, share);
    }

    private FieldReason number(Place place, int column, double surprise, double share) {
        double seen = place.batch.number(place.row, column);
        double expected = place.batch.expectedNumber(place.without, column);
        double scale = place.batch.numberScale(place.without, column);
        boolean count = numbers.get(column).field().likelihood() == Likelihood.NEGATIVE_BINOMIAL;
        double low = expected + usual.low()[column] * scale;
        low = count ? Math.max(0, low) : low;
        double high = expected + usual.high()[column] * scale;
        String name = numbers.get(column).name();
        return new FieldReason(
                name,
                surprise,
                share,
                seen,
                expected,
                low,
                high,
                seen > expected ? Direction.ABOVE : Direction.BELOW,
                List.of(),
                ReasonText.number(name, seen, expected, low, high));
    }

    private FieldReason bool(Place place, int column, double surprise, double share) {
        String seen = Boolean.toString(place.batch.number(place.row, column) != 0);
        double probability = place.batch.expectedNumber(place.without, column);
        boolean expected = probability >= 0.5;
        List<Likely> likely = List.of(
                new Likely(Boolean.toString(expected), Math.max(probability, 1 - probability)),
                new Likely(Boolean.toString(!expected), Math.min(probability, 1 - probability)));
        return category(numbers.get(column).name(), surprise, share, seen, likely);
    }

    private FieldReason category(Place place, int column, double surprise, double share) {
        Vocabulary vocabulary = vocabularies.get(column);
        int code = place.batch.category(place.row, column);
        String seen = code == CategoryCodes.UNSEEN ? null : vocabulary.value(code);
        String name = categories.get(column).name();
        if (!place.batch.tellsCategories()) {
            String expected = vocabulary.value(place.batch.expectedCategory(place.without, column));
            return new FieldReason(
                    name,
                    surprise,
                    share,
                    seen,
                    expected,
                    null,
                    null,
                    null,
                    List.of(),
                    ReasonText.category(name, seen, expected));
        }
        List<Likely> likely = IntStream.range(0, vocabulary.values().size())
                .mapToObj(value -> new Likely(
                        vocabulary.value(value + 1),
                        place.batch.categoryProbability(place.without, firstValue[column] + value)))
                .sorted(Comparator.comparingDouble(value -> -value.probability()))
                .limit(MOST_LIKELY)
                .toList();
        return category(name, surprise, share, seen, likely);
    }

    private static FieldReason category(String name, double surprise, double share, String seen, List<Likely> likely) {
        double least = Math.min(LEAST_LIKELY, likely.get(0).probability());
        List<Likely> told =
                likely.stream().filter(value -> value.probability() >= least).toList();
        return new FieldReason(
                name,
                surprise,
                share,
                seen,
                likely.get(0).value(),
                null,
                null,
                null,
                told,
                ReasonText.category(name, seen, told));
    }
}

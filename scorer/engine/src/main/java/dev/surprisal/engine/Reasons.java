package dev.surprisal.engine;

import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.Likelihood;
import dev.surprisal.schemas.record.Vocabulary;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Which columns made a record improbable: those whose log-probability lies furthest below what is typical for them.
 *
 * <p>The surprise of column j is m_j - log p(x_j | z) averaged over z, with m_j the median of that log-probability over the calibration records;
 * without m_j, columns that are hard to predict for every record would lead every list.
 */
final class Reasons {

    private static final int MOST = 5;
    /** Half the width, in deviations, of the central 95 % of a normal distribution. */
    private static final double CENTRAL_95 = 1.959964;
    /** Less surprise than this, in nats, is no reason. */
    private static final double LEAST = 1;

    private final List<Column> numbers;
    private final List<Column> categories;
    private final List<Vocabulary> vocabularies;
    private final double[] typical;

    Reasons(ModelCard card) {
        numbers = card.spec().numberColumns();
        categories = card.spec().categoryColumns();
        vocabularies = card.vocabularies();
        typical = card.calibration().typicalLogProbability();
    }

    List<FieldReason> of(RowBatch batch, int row) {
        double[] surprise = new double[typical.length];
        for (int column = 0; column < surprise.length; column++) {
            surprise[column] = typical[column] - batch.fieldLogProbability(row, column);
        }
        List<Integer> ranked = IntStream.range(0, surprise.length)
                .filter(column -> !isMissing(batch, row, column))
                .boxed()
                .sorted(Comparator.comparingDouble(column -> -surprise[column]))
                .limit(MOST)
                .toList();
        List<FieldReason> reasons = new ArrayList<>();
        for (int column : ranked) {
            // The first stays even if it is not surprising by itself: the combination was.
            if (reasons.isEmpty() || surprise[column] >= LEAST) {
                reasons.add(reason(batch, row, column, surprise[column]));
            }
        }
        return reasons;
    }

    private boolean isMissing(RowBatch batch, int row, int column) {
        return column < numbers.size()
                ? Float.isNaN(batch.number(row, column))
                : batch.category(row, column - numbers.size()) == CategoryCodes.MISSING;
    }

    private FieldReason reason(RowBatch batch, int row, int column, double surprise) {
        if (column >= numbers.size()) {
            return category(batch, row, column - numbers.size(), surprise);
        }
        return numbers.get(column).field().type() == FieldType.BOOLEAN
                ? bool(batch, row, column, surprise)
                : number(batch, row, column, surprise);
    }

    private FieldReason number(RowBatch batch, int row, int column, double surprise) {
        double seen = batch.number(row, column);
        double expected = batch.expectedNumber(row, column);
        double halfWidth = CENTRAL_95 * batch.numberScale(row, column);
        boolean count = numbers.get(column).field().likelihood() == Likelihood.NEGATIVE_BINOMIAL;
        double low = count ? Math.max(0, expected - halfWidth) : expected - halfWidth;
        double high = expected + halfWidth;
        String name = numbers.get(column).name();
        String sentence = name + " " + text(seen) + " where " + text(expected) + " is expected (95 % from " + text(low)
                + " to " + text(high) + ")";
        return new FieldReason(name, surprise, seen, expected, low, high, sentence);
    }

    private FieldReason bool(RowBatch batch, int row, int column, double surprise) {
        String seen = Boolean.toString(batch.number(row, column) != 0);
        double probability = batch.expectedNumber(row, column);
        String expected = Boolean.toString(probability >= 0.5);
        String name = numbers.get(column).name();
        String sentence = name + " " + seen + ", true with a probability of " + text(probability);
        return new FieldReason(name, surprise, seen, expected, null, null, sentence);
    }

    private FieldReason category(RowBatch batch, int row, int column, double surprise) {
        Vocabulary vocabulary = vocabularies.get(column);
        int code = batch.category(row, column);
        String seen = code == CategoryCodes.UNSEEN ? null : vocabulary.value(code);
        String expected = vocabulary.value(batch.expectedCategory(row, column));
        String name = categories.get(column).name();
        String sentence = seen == null
                ? name + " holds a value never seen in training; " + expected + " is expected"
                : seen.equals(expected)
                        ? name + " " + seen + " is improbable here"
                        : name + " " + seen + " where " + expected + " is expected";
        return new FieldReason(name, surprise, seen, expected, null, null, sentence);
    }

    /** A number with as many digits as a reader takes in. */
    private static String text(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN));
        double magnitude = Math.abs(value);
        return magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e9)
                ? String.format(Locale.ROOT, "%.3g", value)
                : magnitude >= 1e4
                        ? String.valueOf(Math.round(value))
                        : rounded.stripTrailingZeros().toPlainString();
    }
}

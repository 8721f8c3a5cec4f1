package dev.surprisal.engine;

import dev.surprisal.engine.FieldReason.Likely;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reasons in words. */
final class ReasonText {

    /** A field with at least this share of the surprise is worth a word beside the first one. */
    private static final double WORTH_A_WORD = 0.2;
    /** From here on a number is so many times what is expected. */
    private static final double TIMES = 2;

    private ReasonText() {}

    /** The first reason, and others that weigh. */
    static String sentence(List<FieldReason> reasons) {
        return IntStream.range(0, reasons.size())
                .filter(i -> i == 0 || reasons.get(i).share() >= WORTH_A_WORD)
                .mapToObj(i -> reasons.get(i).sentence())
                .collect(Collectors.joining("; "));
    }

    /** Such as "amount 4812 is 31 times the expected 155 (95 % from 20 to 410)". */
    static String number(String name, double seen, double expected, double low, double high) {
        String told = "expected " + text(expected) + " (95 % from " + text(low) + " to " + text(high) + ")";
        if (seen >= low && seen <= high) {
            return name + " " + text(seen) + " is unusual with the rest, though near the " + told;
        }
        double ratio = seen / expected;
        if (expected > 0 && ratio >= TIMES) {
            return name + " " + text(seen) + " is " + rounded(ratio) + " times the " + told;
        }
        return name + " " + text(seen) + " is " + (seen > expected ? "above" : "below") + " the " + told;
    }

    /** Such as "country IT, where PT (94 %) or DE (3 %) is expected". */
    static String category(String name, String seen, List<Likely> likely) {
        return category(
                name,
                seen,
                likely.get(0).value(),
                likely.stream()
                        .map(value -> value.value() + " (" + percent(value.probability()) + ")")
                        .collect(Collectors.joining(" or ")));
    }

    static String category(String name, String seen, String expected) {
        return category(name, seen, expected, expected);
    }

    private static String category(String name, String seen, String expected, String told) {
        if (seen == null) {
            return name + " holds a value never seen in training, where " + told + " is expected";
        }
        return seen.equals(expected)
                ? name + " " + seen + " is unusual with the rest, though " + told + " is expected"
                : name + " " + seen + ", where " + told + " is expected";
    }

    private static String percent(double probability) {
        return probability > 0.99 && probability < 1
                ? String.format(Locale.ROOT, "%.1f %%", Math.min(99.9, 100 * probability))
                : String.format(Locale.ROOT, "%.0f %%", 100 * probability);
    }

    private static String rounded(double ratio) {
        return ratio < 10
                ? text(new BigDecimal(ratio).round(new MathContext(2)).doubleValue())
                : text(Math.rint(ratio));
    }

    /** A number with as many digits as a reader takes in. */
    static String text(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4, RoundingMode.HALF_EVEN));
        double magnitude = Math.abs(value);
        return magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e9)
                ? String.format(Locale.ROOT, "%.3g", value)
                : magnitude >= 1e4
                        ? String.valueOf(Math.round(value))
                        : rounded.stripTrailingZeros().toPlainString();
    }
}

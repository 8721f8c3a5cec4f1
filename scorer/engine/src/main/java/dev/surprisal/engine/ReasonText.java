package dev.surprisal.engine;

import dev.surprisal.engine.FieldReason.Likely;
import java.math.BigDecimal;
import java.util.List;
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
                ? Math.min(999, Math.round(1_000 * probability)) / 10.0 + " %"
                : Math.round(100 * probability) + " %";
    }

    private static String rounded(double ratio) {
        return ratio < 10 ? decimal(ratio, 2) : text(Math.rint(ratio));
    }

    /** A number with as many digits as a reader takes in. */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        double magnitude = Math.abs(value);
        if (magnitude == 0) {
            return "0";
        }
        if (magnitude >= 1e9) {
            return scientific(value);
        }
        if (magnitude >= 1e4) {
            return String.valueOf(Math.round(value));
        }
        return magnitude < 1e-4 ? scientific(value) : decimal(value, 4);
    }

    // A flag has some twenty numbers, and java.util.Formatter takes longer for them than the model for its reasons.

    /** So many digits, without zeros at the end: 0.0123, 410. */
    private static String decimal(double value, int digits) {
        int scale = digits - 1 - exponent(value);
        double shifted = scale >= 0 ? value * Math.pow(10, scale) : value / Math.pow(10, -scale);
        return BigDecimal.valueOf((long) Math.rint(shifted), scale)
                .stripTrailingZeros()
                .toPlainString();
    }

    /** Three digits and a power of ten: 1.23e-05. */
    private static String scientific(double value) {
        int exponent = exponent(value);
        // In two steps, as the power of ten that the smallest numbers want is beyond double precision.
        int half = exponent / 2;
        long digits = Math.round(Math.abs(value) * Math.pow(10, -half) * Math.pow(10, 2 - exponent + half));
        if (digits >= 1_000) {
            digits = 100;
            exponent++;
        }
        String hundredths = String.valueOf(digits % 100);
        return (value < 0 ? "-" : "")
                + digits / 100
                + (hundredths.length() < 2 ? ".0" : ".")
                + hundredths
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    /** The power of ten of the first digit. */
    private static int exponent(double value) {
        return (int) Math.floor(Math.log10(Math.abs(value)));
    }
}

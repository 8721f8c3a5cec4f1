package dev.surprisal.trainer.data;

import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.TimestampFormat;
import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the values of one field look like, gathered in bounded memory, and the type that follows from it. */
final class FieldProfile {

    /** More different values than this are no longer told apart. */
    private static final int MOST_DISTINCT = 1_000;
    /** Longer texts are no category's values, and not kept. */
    private static final int LONGEST_VALUE = 200;
    /** With fewer values, half of them may differ in a category; otherwise a quarter. */
    private static final int FEW = 100;

    private static final List<Candidate> TIMESTAMPS = Stream.of(
                    "iso",
                    "yyyy/MM/dd HH:mm:ss",
                    "yyyy/MM/dd HH:mm",
                    "yyyy/MM/dd",
                    "dd.MM.yyyy HH:mm:ss",
                    "dd.MM.yyyy HH:mm",
                    "dd.MM.yyyy",
                    "MM/dd/yyyy HH:mm:ss",
                    "MM/dd/yyyy HH:mm",
                    "MM/dd/yyyy",
                    "dd/MM/yyyy HH:mm:ss",
                    "dd/MM/yyyy HH:mm",
                    "dd/MM/yyyy")
            .map(format -> new Candidate(format, TimestampFormat.of("", format, ZoneOffset.UTC)))
            .toList();
    private static final double EARLIEST_EPOCH_SECOND = 946_684_800; // 2000-01-01
    private static final double LATEST_EPOCH_SECOND = 4_102_444_800.0; // 2100-01-01

    private String name;
    private final Map<String, Integer> distinct = new LinkedHashMap<>();
    private List<Candidate> timestamps = TIMESTAMPS;
    private long records;
    private long missing;
    private long unlike;
    private boolean numbers = true;
    private boolean integers = true;
    private boolean booleans = true;
    private boolean sawTrue;
    private boolean sawFalse;
    private int longest;
    private boolean structures;
    private boolean rising = true;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;
    private double last = Double.NEGATIVE_INFINITY;

    FieldProfile(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void rename(String other) {
        name = other;
    }

    /** Takes a value as it stands in a text file. */
    void addFileText(String text) {
        if (RecordEncoder.isMissing(text)) {
            addMissing();
        } else {
            records++;
            number(text);
            value(text);
        }
    }

    /** Takes a value that is a number. */
    void addNumber(String text) {
        records++;
        number(text);
        value(text);
    }

    /** Takes a value that is text even where it looks like a number, or true or false. */
    void addText(String text) {
        records++;
        noNumber();
        value(text);
    }

    void addMissing() {
        records++;
        missing++;
    }

    private void value(String text) {
        longest = Math.max(longest, text.length());
        if (text.length() > LONGEST_VALUE) {
            booleans = false;
            timestamps = List.of();
            return;
        }
        if (booleans) {
            Optional<Boolean> truth = RecordEncoder.truthOf(text);
            booleans = truth.isPresent();
            sawTrue |= truth.orElse(false);
            sawFalse |= !truth.orElse(true);
        }
        if (!numbers) {
            timestamps =
                    timestamps.stream().filter(format -> format.reads(text)).toList();
        }
        if (distinct.size() < MOST_DISTINCT || distinct.containsKey(text)) {
            distinct.merge(text, 1, Integer::sum);
        } else {
            unlike++;
        }
    }

    /** Takes an array or an object. */
    void addStructure() {
        records++;
        structures = true;
    }

    /** Brings the number of records up to that of the file: where the field was absent, it was missing. */
    void absentUpTo(long count) {
        missing += count - records;
        records = count;
    }

    private void number(String text) {
        if (!numbers) {
            return;
        }
        try {
            double value = Double.parseDouble(text);
            // Java also reads 1f, 0x1p3 and Infinity as numbers.
            if (Character.isLetter(text.charAt(text.length() - 1)) || text.contains("x") || Double.isInfinite(value)) {
                noNumber();
                return;
            }
            integers = integers && value == Math.rint(value);
            rising = rising && value > last;
            last = value;
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        } catch (NumberFormatException e) {
            noNumber();
        }
    }

    /** The value just counted is no number. Where earlier ones were, they are no timestamps either. */
    private void noNumber() {
        if (numbers && known() > 1) {
            timestamps = List.of();
        }
        numbers = false;
    }

    /** Whether a text was among the values; told for certain as long as there are few. */
    boolean holds(String text) {
        return distinct.containsKey(text);
    }

    private long known() {
        return records - missing;
    }

    /** The field as a line of a spec, and a comment that says why. */
    Suggestion suggestion() {
        if (structures) {
            return new Suggestion(FieldType.IGNORED, null, "holds arrays or objects");
        }
        if (known() == 0) {
            return new Suggestion(FieldType.IGNORED, null, "has no value in any record");
        }
        if (numbers) {
            return ofNumbers();
        }
        if (longest > LONGEST_VALUE) {
            return new Suggestion(FieldType.IGNORED, null, "text of up to " + longest + " characters");
        }
        if (booleans && ((sawTrue && sawFalse) || spelledOut())) {
            return new Suggestion(FieldType.BOOLEAN, null, counts());
        }
        if (!timestamps.isEmpty()) {
            String format = timestamps.get(0).name;
            return new Suggestion(FieldType.TIMESTAMP, format.equals("iso") ? null : format, "such as " + examples());
        }
        if (unlike > 0 || distinct.size() > Math.max(2, known() / (known() < FEW ? 2 : 4))) {
            String how = unlike > 0 ? "more than " + MOST_DISTINCT : Integer.toString(distinct.size());
            return new Suggestion(
                    FieldType.IGNORED,
                    null,
                    how + " different values, an identifier or free text, such as " + examples());
        }
        return new Suggestion(FieldType.CATEGORY, null, counts());
    }

    /** Whether all values are the words true and false; any other word alone may mean something else. */
    private boolean spelledOut() {
        return distinct.keySet().stream()
                .allMatch(text -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false"));
    }

    private Suggestion ofNumbers() {
        boolean flags = distinct.keySet().equals(Set.of("0", "1"));
        if (flags && distinct.values().stream().allMatch(count -> count > 1)) {
            // Not a boolean: of a 2 that comes some day a model of categories can say that it was never seen.
            return new Suggestion(FieldType.CATEGORY, null, counts());
        }
        boolean namedLikeTime = name.toLowerCase(Locale.ROOT).matches(".*(time|date|_at$|^ts$|_ts$).*");
        if (integers && namedLikeTime && within(1)) {
            return new Suggestion(FieldType.TIMESTAMP, "epoch-seconds", range());
        }
        if (integers && namedLikeTime && within(1_000)) {
            return new Suggestion(FieldType.TIMESTAMP, "epoch-millis", range());
        }
        if (integers && rising && known() > 20) {
            return new Suggestion(FieldType.IGNORED, null, "rises with every record, as identifiers do; " + range());
        }
        // Counts too: the negative binomial distribution tells anomalies apart less well than Student's t does.
        return new Suggestion(FieldType.NUMBER, null, range());
    }

    private boolean within(double unitsPerSecond) {
        return least >= EARLIEST_EPOCH_SECOND * unitsPerSecond && greatest <= LATEST_EPOCH_SECOND * unitsPerSecond;
    }

    private String range() {
        String from = text(least);
        return distinct.size() == 1 && unlike == 0
                ? "always " + from
                : from + " to " + text(greatest) + ", such as " + examples();
    }

    private static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private String counts() {
        return distinct.size() + (distinct.size() == 1 ? " value, " : " values, such as ") + examples();
    }

    private String examples() {
        return String.join(
                ", ",
                distinct.keySet().stream().limit(3).map(FieldProfile::glimpse).toList());
    }

    private static String glimpse(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 30 ? line : line.substring(0, 30) + "...";
    }

    /** The share of records without a value. */
    double missingShare() {
        return records == 0 ? 0 : (double) missing / records;
    }

    /** A timestamp format that all values so far can be read in. */
    private record Candidate(String name, TimestampFormat format) {
        boolean reads(String text) {
            try {
                format.parse(text);
                return true;
            } catch (DateTimeException e) {
                return false;
            }
        }
    }

    /**
     * The type that a field seems to have.
     *
     * @param format of a timestamp, where it is not the usual one; otherwise null
     * @param reason range, values or why it is ignored
     */
    record Suggestion(FieldType type, String format, String reason) {}
}

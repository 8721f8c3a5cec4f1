package dev.surprisal.schemas.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What somebody says of a scored record: a {@link LabelEvent} that is known to be a sound one.
 *
 * @param record which record
 * @param key of the record as text, at most {@value #MOST_KEY} characters; null where it has none or it is not told
 * @param verdict what the record is
 * @param by who says so, at most {@value #MOST_BY} characters
 * @param time when
 * @param comment what else there is to say, at most {@value #MOST_COMMENT} characters; may be null
 */
public record Label(RecordCoordinates record, String key, Verdict verdict, String by, Instant time, String comment) {

    public static final int MOST_KEY = 1_000;
    public static final int MOST_BY = 100;
    public static final int MOST_COMMENT = 1_000;
    /** More bytes than any sound label without its record has. */
    public static final int MOST_BYTES = 32 << 10;

    private static final Set<String> FIELDS =
            Set.of("topic", "partition", "offset", "key", "verdict", "by", "time", "comment", "record");

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(101)
                    .maxNumberLength(400)
                    .build())
            .build();

    /** What a record is. */
    public enum Verdict {
        /** The record is normal, and should not have been flagged. */
        FALSE_ALARM,
        /** The record is an anomaly. */
        CONFIRMED;

        /** As events and the API have it: {@code false_alarm}, {@code confirmed}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Reads {@link #text}.
         *
         * @throws SurprisalException if it is something else
         */
        public static Verdict parse(String text) {
            return Arrays.stream(values())
                    .filter(verdict -> verdict.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new SurprisalException(
                            text == null
                                    ? "there is no verdict; it is false_alarm or confirmed"
                                    : "'" + brief(text) + "' is no verdict; it is false_alarm or confirmed"));
        }
    }

    public Label {
        if (record == null || verdict == null || time == null) {
            throw new SurprisalException("a label says of which record it is, what that is, and since when");
        }
        if (by == null || by.isBlank()) {
            throw new SurprisalException("'by' is missing: say who the label is from");
        }
        checkLength("by", by, MOST_BY);
        checkLength("key", key, MOST_KEY);
        checkLength("comment", comment, MOST_COMMENT);
    }

    private static void checkLength(String field, String text, int most) {
        if (text != null && text.length() > most) {
            throw new SurprisalException(
                    "'" + field + "' has " + text.length() + " characters; at most " + most + " are taken");
        }
    }

    /**
     * Reads an event in JSON; keys that it does not know are passed over.
     *
     * @throws SurprisalException in one short sentence, if it is no sound label
     */
    public static Label read(byte[] json) {
        return Labelled.read(json).label();
    }

    /**
     * A label with the record that it is of, as a file of labels has it.
     *
     * @param label the label
     * @param json the record, a JSON object; null where it is not there
     */
    public record Labelled(Label label, String json) {

        /**
         * Reads a label event that may have the record under {@code record}.
         *
         * @throws SurprisalException in one short sentence, if it is no sound label
         */
        public static Labelled read(byte[] json) {
            String text = new String(json, StandardCharsets.UTF_8);
            Draft draft = new Draft();
            try (JsonParser parser = JSON.createParser(text)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new SurprisalException("a label is a JSON object");
                }
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    draft.take(parser.currentName(), parser, text);
                }
                if (parser.nextToken() != null) {
                    throw new SurprisalException("something follows the label");
                }
            } catch (JsonProcessingException e) {
                throw new SurprisalException("a label is JSON: " + brief(e.getOriginalMessage()), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return draft.labelled();
        }

        /** The event as one line of JSON in UTF-8, with the record where it is there. */
        public byte[] write() {
            byte[] event = label.write();
            if (json == null) {
                return event;
            }
            String open = new String(event, 0, event.length - 1, StandardCharsets.UTF_8);
            return (open + ",\"record\":" + json.replace('\n', ' ').replace('\r', ' ') + "}")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    /** The event in JSON in UTF-8. */
    public byte[] write() {
        return new EventJson<LabelEvent>(LabelEvent.getClassSchema())
                .write(new LabelEvent(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        key,
                        verdict.text(),
                        by,
                        Instant.ofEpochMilli(time.toEpochMilli()),
                        comment));
    }

    private static String brief(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 80 ? line : line.substring(0, 80) + "...";
    }

    /** What has been read of a label so far. */
    private static final class Draft {
        private final Set<String> seen = new HashSet<>();
        private String topic;
        private Long partition;
        private Long offset;
        private String key;
        private String verdict;
        private String by;
        private Long time;
        private String comment;
        private String json;

        void take(String field, JsonParser parser, String whole) throws IOException {
            JsonToken token = parser.nextToken();
            if (FIELDS.contains(field) && !seen.add(field)) {
                throw new SurprisalException("'" + field + "' stands twice in a label");
            }
            switch (field) {
                case "topic" -> topic = text(field, token, parser);
                case "partition" -> partition = whole(field, token, parser);
                case "offset" -> offset = whole(field, token, parser);
                case "key" -> key = text(field, token, parser);
                case "verdict" -> verdict = text(field, token, parser);
                case "by" -> by = text(field, token, parser);
                case "time" -> time = whole(field, token, parser);
                case "comment" -> comment = text(field, token, parser);
                case "record" -> {
                    int start = (int) parser.currentTokenLocation().getCharOffset();
                    parser.skipChildren();
                    json = token == JsonToken.START_OBJECT
                            ? whole.substring(
                                    start, (int) parser.currentLocation().getCharOffset())
                            : null;
                }
                default -> parser.skipChildren();
            }
        }

        private static String text(String field, JsonToken token, JsonParser parser) throws IOException {
            if (token == JsonToken.VALUE_NULL) {
                return null;
            }
            if (token != JsonToken.VALUE_STRING) {
                throw new SurprisalException("'" + field + "' of a label is text");
            }
            return parser.getText();
        }

        private static Long whole(String field, JsonToken token, JsonParser parser) throws IOException {
            if (token != JsonToken.VALUE_NUMBER_INT || parser.getTextLength() > 18) {
                throw new SurprisalException("'" + field + "' of a label is a whole number");
            }
            return parser.getLongValue();
        }

        Labelled labelled() {
            if (topic == null || partition == null || offset == null || time == null) {
                throw new SurprisalException("a label has topic, partition, offset, verdict, by and time");
            }
            if (partition > Integer.MAX_VALUE) {
                throw new SurprisalException("there is no partition " + partition);
            }
            try {
                RecordCoordinates record = new RecordCoordinates(topic, partition.intValue(), offset);
                return new Labelled(
                        new Label(record, key, Verdict.parse(verdict), by, Instant.ofEpochMilli(time), comment), json);
            } catch (DateTimeException e) {
                throw new SurprisalException("'time' of a label is in milliseconds since 1970", e);
            }
        }
    }
}

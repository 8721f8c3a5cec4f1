package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.format.EventFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers of events of one kind by CloudEvents 1.0, Kafka's binary content mode. Of one thread.
 *
 * <p>They stand on every score, so what is constant is shared between records, and a time is written by changing the milliseconds of the one before. The SDK would build an event first, to take it apart.
 */
final class CloudEventHeaders {

    private static final Header VERSION = header("ce_specversion", ascii("1.0"));
    private static final String TYPES = "dev.surprisal.";
    private static final String SOURCES = "/surprisal/";
    /** RFC 3339 has four digits for the year. */
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private static final int MILLIS_AT = "2026-01-01T00:00:00.".length();

    private final Header type;
    private final Header source;
    private final Header contentType;
    private long second = Long.MIN_VALUE;
    private byte[] ofSecond;

    /**
     * @param kind of the events, such as {@code score}
     * @param topic that has them, and nothing else: a score and a flag of one record have one id, and two sources
     */
    CloudEventHeaders(String kind, String topic, EventFormat format) {
        type = header("ce_type", ascii(TYPES + kind));
        source = header("ce_source", ascii(SOURCES + topic));
        contentType = header("content-type", ascii(format.contentType()));
    }

    /**
     * Those of one event.
     *
     * @param id the same for the same event only, however often it is sent
     * @param millis its time, milliseconds since 1970-01-01T00:00Z; one that RFC 3339 does not have is left out
     */
    Headers of(String id, long millis) {
        Header told = header("ce_id", ascii(id));
        return new RecordHeaders(
                millis < 0 || millis > LAST_MILLIS
                        ? new Header[] {VERSION, told, source, type, contentType}
                        : new Header[] {VERSION, told, source, type, header("ce_time", time(millis)), contentType});
    }

    private byte[] time(long millis) {
        if (millis / 1_000 != second) {
            second = millis / 1_000;
            String text = Instant.ofEpochSecond(second).toString();
            ofSecond = ascii(text.substring(0, text.length() - 1) + ".000Z");
        }
        byte[] time = ofSecond.clone();
        int rest = (int) (millis % 1_000);
        time[MILLIS_AT] = (byte) ('0' + rest / 100);
        time[MILLIS_AT + 1] = (byte) ('0' + rest / 10 % 10);
        time[MILLIS_AT + 2] = (byte) ('0' + rest % 10);
        return time;
    }

    private static Header header(String key, byte[] value) {
        return new RecordHeader(key, value);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

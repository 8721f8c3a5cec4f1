package dev.surprisal.schemas.event;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes scores as {@link EventJson} writes them, byte by byte, in less time: there is one for every record, and most of it is what the one before had.
 *
 * <p>Of one thread: it keeps its buffer from event to event.
 */
public final class ScoreJson implements EventEncoder<ScoreEvent> {

    /** The longest number, with what may stand before and after. */
    private static final int ROOM = 64;

    private static final byte[] PARTITION = ascii(",\"partition\":");
    private static final byte[] OFFSET = ascii(",\"offset\":");
    private static final byte[] TIMESTAMP = ascii(",\"timestamp\":");
    private static final byte[] SCORE = ascii(",\"score\":");
    private static final byte[] P_VALUE = ascii(",\"p_value\":");
    private static final byte[] SURPRISE = ascii(",\"surprise\":");
    private static final byte[] ANOMALY = ascii(",\"anomaly\":true");
    private static final byte[] NO_ANOMALY = ascii(",\"anomaly\":false");
    private static final byte[] ELBO = ascii(",\"elbo\":");
    private static final byte[] LOG_LIKELIHOOD = ascii(",\"log_likelihood\":");
    private static final byte[] RECONSTRUCTION = ascii(",\"reconstruction_log_probability\":");
    private static final byte[] NULL = ascii("null");

    private final Text topic = new Text("{\"topic\":");
    private final Text model = new Text(",\"model\":");
    private final Text version = new Text(",\"model_version\":");
    private final Text look = new Text(",\"look\":");
    private byte[] bytes = new byte[512];
    private int size;

    @Override
    public byte[] write(ScoreEvent event) {
        size = 0;
        append(topic.json(event.getTopic()));
        append(PARTITION);
        append(event.getPartition());
        append(OFFSET);
        append(event.getOffset());
        append(TIMESTAMP);
        append(event.getTimestamp().toEpochMilli());
        append(model.json(event.getModel()));
        append(version.json(event.getModelVersion()));
        append(SCORE);
        append(event.getScore());
        append(P_VALUE);
        append(event.getPValue());
        append(SURPRISE);
        append(event.getSurprise());
        append(event.getAnomaly() ? ANOMALY : NO_ANOMALY);
        append(look.json(event.getLook()));
        append(ELBO, event.getElbo());
        append(LOG_LIKELIHOOD, event.getLogLikelihood());
        append(RECONSTRUCTION, event.getReconstructionLogProbability());
        room(1);
        bytes[size++] = '}';
        return Arrays.copyOf(bytes, size);
    }

    private void append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    private void append(long value) {
        room(ROOM);
        size = NumberOutput.outputLong(value, bytes, size);
    }

    private void append(double value) {
        number(NumberOutput.toString(value, true), Double.isFinite(value));
    }

    private void append(byte[] name, Float value) {
        append(name);
        if (value == null) {
            append(NULL);
        } else {
            number(NumberOutput.toString(value, true), Float.isFinite(value));
        }
    }

    /** JSON has no numbers for what is not finite; like {@link EventJson}, this has strings. */
    @SuppressWarnings("deprecation") // The text is ASCII.
    private void number(String text, boolean finite) {
        room(ROOM);
        if (!finite) {
            bytes[size++] = '"';
        }
        text.getBytes(0, text.length(), bytes, size);
        size += text.length();
        if (!finite) {
            bytes[size++] = '"';
        }
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A text field, with its name; hardly ever another than before. */
    private static final class Text {

        private final String before;
        private String last;
        private byte[] json;

        Text(String before) {
            this.before = before;
        }

        byte[] json(String value) {
            if (!value.equals(last)) {
                last = value;
                json = EventJson.named(before, value);
            }
            return json;
        }
    }
}

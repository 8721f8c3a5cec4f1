package dev.surprisal.schemas.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Writes events in Avro, behind the id that their schema has in a registry, see {@link WireFormat}.
 *
 * <p>Of one thread: it keeps its buffers from event to event.
 *
 * @param <E> the event
 */
public final class EventAvro<E extends IndexedRecord> implements EventEncoder<E> {

    /** Takes events by their fields' positions: by their classes, Avro would have to be told which of these it may trust. */
    private static final GenericData DATA = new GenericData();

    static {
        DATA.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    private static final String OF_JAVA = "{\"type\":\"string\",\"avro.java.string\":\"String\"}";

    private final byte[] prefix;
    private final GenericDatumWriter<E> writer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private BinaryEncoder encoder;

    /** @param id of the schema in the registry that readers ask */
    public EventAvro(Schema schema, int id) {
        prefix = WireFormat.prefix(id);
        writer = new GenericDatumWriter<>(schema, DATA);
    }

    @Override
    public byte[] write(E event) {
        bytes.reset();
        bytes.writeBytes(prefix);
        encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
        try {
            writer.write(event, encoder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads an event that was written by any version of its schema.
     *
     * @param value with the prefix
     * @param written the schema with which it was written
     * @param schema the event's own
     * @throws IOException if it does not fit the schema
     */
    public static IndexedRecord read(byte[] value, Schema written, Schema schema) throws IOException {
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(value, WireFormat.PREFIX, value.length - WireFormat.PREFIX, null);
        return new GenericDatumReader<IndexedRecord>(written, schema, DATA).read(null, decoder);
    }

    /**
     * An event's schema for others, as it stands in the file: without what only classes in Java need.
     *
     * @param schema of the event's class
     */
    public static Schema published(Schema schema) {
        return new Schema.Parser().parse(schema.toString().replace(OF_JAVA, "\"string\""));
    }
}

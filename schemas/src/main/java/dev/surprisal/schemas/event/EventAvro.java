package dev.surprisal.schemas.event;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes events in Avro, behind the id that their schema has in a registry, see {@link WireFormat}.
 *
 * <p>Of one thread: it keeps its buffers from event to event.
 *
 * @param <E> the event
 */
public final class EventAvro<E extends SpecificRecord> implements EventEncoder<E> {

    private final byte[] prefix;
    private final SpecificDatumWriter<E> writer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private BinaryEncoder encoder;

    /** @param id of the schema in the registry that readers ask */
    public EventAvro(Schema schema, int id) {
        prefix = WireFormat.prefix(id);
        writer = new SpecificDatumWriter<>(schema);
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
    public static SpecificRecord read(byte[] value, Schema written, Schema schema) throws IOException {
        BinaryDecoder decoder =
                DecoderFactory.get().binaryDecoder(value, WireFormat.PREFIX, value.length - WireFormat.PREFIX, null);
        return new SpecificDatumReader<SpecificRecord>(written, schema).read(null, decoder);
    }
}

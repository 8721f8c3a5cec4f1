package dev.surprisal.schemas.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.surprisal.schemas.record.RecordException.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Avro records of one schema as the JSON objects that a record spec is written for, so that there is one way from records to rows.
 *
 * <p>A field that was renamed stands under its new name and under its aliases, for specs that know it by one of these. Numbers keep their value to the bit; the rest is as {@link AvroValues} says. Safe for concurrent use.
 */
public final class AvroRecordJson {

    private static final JsonFactory JSON = new JsonFactory();

    private final Schema schema;
    private final GenericDatumReader<Object> reader;

    /**
     * @param schema with which the records were written
     * @throws RecordException if it is no record's, or could make a few bytes large
     */
    public AvroRecordJson(Schema schema) {
        if (schema.getType() != Schema.Type.RECORD) {
            throw new RecordException(
                    Step.PARSE,
                    "the record's schema is of type " + schema.getType().getName() + ", not record");
        }
        AvroBounds.check(schema);
        this.schema = schema;
        reader = new GenericDatumReader<>(schema, schema, new GenericData());
    }

    /**
     * One record as JSON in UTF-8.
     *
     * @param bytes in Avro's binary encoding
     * @param from where it begins; it goes to the end
     * @throws RecordException if it does not fit the schema, or becomes far longer than it is
     */
    public byte[] json(byte[] bytes, int from) {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null);
        ByteArrayOutputStream out = new Bounded(bytes.length);
        try {
            Object value = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new RecordException(Step.PARSE, "something follows the Avro record");
            }
            try (JsonGenerator json = JSON.createGenerator(out)) {
                new AvroValues(json, true).write(schema, value);
            }
        } catch (RecordException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Avro throws of all kinds at bytes that do not fit.
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new RecordException(Step.PARSE, "the record does not fit its Avro schema: " + firstLine(why), e);
        }
        return out.toByteArray();
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** Names make JSON longer than Avro, and a name may have many aliases. */
    private static final class Bounded extends ByteArrayOutputStream {

        private static final int TIMES = 64;
        private static final int FLOOR = 1 << 20;

        private final long most;

        Bounded(int length) {
            super(2 * length + 64);
            most = FLOOR + (long) TIMES * length;
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            if (count + (long) length > most) {
                throw new RecordException(Step.PARSE, "the Avro record becomes more than " + most + " bytes of JSON");
            }
            super.write(bytes, from, length);
        }
    }
}

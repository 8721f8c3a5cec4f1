package dev.surprisal.schemas.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroRecordJsonTest {

    @Test
    void fieldsAreWrittenByName() throws IOException {
        Schema schema = record("""
                {"name":"amount","type":"double"},
                {"name":"age","type":["null","int"],"default":null},
                {"name":"country","type":{"type":"enum","name":"C","symbols":["DE","FR"]}},
                {"name":"abroad","type":"boolean"},
                {"name":"tags","type":{"type":"array","items":"string"}},
                {"name":"more","type":{"type":"map","values":"long"}},
                {"name":"place","type":{"type":"record","name":"P","fields":[{"name":"city","type":"string"}]}}""");
        GenericRecord place = new GenericData.Record(schema.getField("place").schema());
        place.put("city", "Köln");
        GenericRecord record = new GenericData.Record(schema);
        record.put("amount", 12.5);
        record.put(
                "country", new GenericData.EnumSymbol(schema.getField("country").schema(), "FR"));
        record.put("abroad", true);
        record.put("tags", List.of("a", "b"));
        record.put("more", Map.of("n", 7L));
        record.put("place", place);

        assertThat(json(schema, record))
                .isEqualTo(
                        "{\"amount\":12.5,\"age\":null,\"country\":\"FR\",\"abroad\":true,\"tags\":[\"a\",\"b\"],\"more\":{\"n\":7},\"place\":{\"city\":\"Köln\"}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"long","logicalType":"timestamp-millis"}       | 1764000000123    | "2025-11-24T16:00:00.123Z"
            {"type":"long","logicalType":"timestamp-micros"}       | 1764000000123456 | "2025-11-24T16:00:00.123456Z"
            {"type":"long","logicalType":"local-timestamp-millis"} | 1764000000123    | "2025-11-24T16:00:00.123"
            {"type":"int","logicalType":"date"}                    | 20416            | "2025-11-24"
            "long"                                                 | 1764000000123    | 1764000000123
            "int"                                                  | -7               | -7
            """)
    void timesBecomeText(String type, long value, String expected) throws IOException {
        Schema schema = record("{\"name\":\"x\",\"type\":" + type + "}");
        GenericRecord record = new GenericData.Record(schema);
        boolean isInt = schema.getField("x").schema().getType() == Schema.Type.INT;
        record.put("x", isInt ? (Object) (int) value : (Object) value);

        assertThat(json(schema, record)).isEqualTo("{\"x\":" + expected + "}");
    }

    @Test
    void decimalsBecomeNumbersAndWhatIsNoNumberBecomesNull() throws IOException {
        Schema schema = record("""
                {"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
                {"name":"f","type":"float"},{"name":"g","type":"double"}""");
        GenericRecord record = new GenericData.Record(schema);
        record.put("d", ByteBuffer.wrap(BigInteger.valueOf(-12345).toByteArray()));
        record.put("f", Float.NaN);
        record.put("g", Double.NaN);

        assertThat(json(schema, record)).isEqualTo("{\"d\":-123.45,\"f\":null,\"g\":null}");
    }

    @Test
    void aRenamedFieldStandsUnderItsAliasesToo() throws IOException {
        Schema schema = record("""
                {"name":"sum","aliases":["amount","value"],"type":"double"},
                {"name":"value","type":"int"}""");
        GenericRecord record = new GenericData.Record(schema);
        record.put("sum", 1.5);
        record.put("value", 3);

        assertThat(json(schema, record)).isEqualTo("{\"sum\":1.5,\"amount\":1.5,\"value\":3}");
    }

    @Test
    void numbersKeepTheirBits() throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        Schema schema = record("{\"name\":\"f\",\"type\":\"float\"},{\"name\":\"g\",\"type\":\"double\"}");
        AvroRecordJson reader = new AvroRecordJson(schema);
        RecordSpec spec = new RecordSpec(
                1, "numbers", null, List.of(Field.of("f", FieldType.NUMBER), Field.of("g", FieldType.NUMBER)));
        RecordEncoder encoder = new RecordEncoder(spec, List.of());
        JsonRecordParser parser = new JsonRecordParser(spec, encoder);
        EncodedRow row = encoder.newRow();
        for (int i = 0; i < 20_000; i++) {
            float f = Float.intBitsToFloat(random.nextInt());
            double g = Float.intBitsToFloat(random.nextInt()) * (1 + random.nextDouble() * 1e-9);
            if (!Float.isFinite(f) || !Float.isFinite((float) g)) {
                continue;
            }
            GenericRecord record = new GenericData.Record(schema);
            record.put("f", f);
            record.put("g", g);

            parser.parse(reader.json(bytes(schema, record), 0), row);

            assertThat(row.numbers()).containsExactly(f, (float) g);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}                                   | contains itself, at L
            {"type":"record","name":"L","fields":[{"name":"n","type":{"type":"array","items":"null"}}]}                   | items that take no bytes
            {"type":"record","name":"L","fields":[{"name":"n","type":{"type":"array","items":{"type":"record","name":"E","fields":[]}}}]} | items that take no bytes
            "string"                                                                                                      | of type string, not record
            """)
    void schemasThatAFewBytesCouldMakeLargeAreRefused(String schema, String reason) {
        assertThatThrownBy(() -> new AvroRecordJson(new Schema.Parser().parse(schema)))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void schemasThatUnfoldAreRefused() {
        Schema inner = record("{\"name\":\"x\",\"type\":\"null\"}");
        for (int depth = 0; depth < 40; depth++) {
            inner = Schema.createRecord(
                    "R" + depth,
                    null,
                    null,
                    false,
                    List.of(new Schema.Field("a", inner), new Schema.Field("b", inner)));
        }
        Schema unfolding = inner;

        assertThatThrownBy(() -> new AvroRecordJson(unfolding))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining("more than 10000 fields");
    }

    @Test
    void aliasesDoNotMakeARecordLongWithoutBounds() throws IOException {
        String fields = "{\"name\":\"x\",\"type\":\"boolean\"}";
        for (int depth = 0; depth < 25; depth++) {
            fields = "{\"name\":\"f" + depth + "\",\"aliases\":[\"g\"],\"type\":{\"type\":\"record\",\"name\":\"R"
                    + depth + "\",\"fields\":[" + fields + "]}}";
        }
        AvroRecordJson reader = new AvroRecordJson(record(fields));

        assertThatThrownBy(() -> reader.json(new byte[] {1}, 0))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining("bytes of JSON");
    }

    @Test
    void whateverTheBytesAreThereIsARecordOrAReason() throws IOException {
        Schema schema = record("""
                {"name":"a","type":"double"},{"name":"s","type":"string"},
                {"name":"u","type":["null","int","string"]},
                {"name":"l","type":{"type":"array","items":"string"}},
                {"name":"m","type":{"type":"map","values":"bytes"}},
                {"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":4}}""");
        GenericRecord record = new GenericData.Record(schema);
        record.put("a", 1.0);
        record.put("s", "text");
        record.put("l", List.of("x", "y"));
        record.put("m", Map.of("k", ByteBuffer.wrap(new byte[] {1, 2})));
        record.put("d", ByteBuffer.wrap(new byte[] {3}));
        byte[] good = bytes(schema, record);
        AvroRecordJson reader = new AvroRecordJson(schema);
        SplittableRandom random = new SplittableRandom(17);
        int refused = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 4));
            for (int flips = random.nextInt(4); flips >= 0 && bad.length > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(new String(reader.json(bad, 0), UTF_8)).startsWith("{");
            } catch (RecordException e) {
                assertThat(e.step()).isEqualTo(RecordException.Step.PARSE);
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 49_999);
    }

    @Test
    void whatClaimsToBeLongTakesNoRoom() {
        AvroRecordJson reader = new AvroRecordJson(record("{\"name\":\"s\",\"type\":\"string\"}"));
        byte[] tooLong = {(byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 'x'};
        byte[] long1536MiB = {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0x0C, 'x'};

        for (byte[] bytes : List.of(tooLong, long1536MiB)) {
            assertThatThrownBy(() -> reader.json(bytes, 0))
                    .isInstanceOf(RecordException.class)
                    .hasMessageContaining("does not fit its Avro schema");
        }
    }

    private static Schema record(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
    }

    private static String json(Schema schema, GenericRecord record) throws IOException {
        return new String(new AvroRecordJson(schema).json(bytes(schema, record), 0), UTF_8);
    }

    private static byte[] bytes(Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}

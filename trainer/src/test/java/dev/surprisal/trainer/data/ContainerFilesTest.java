package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that name their own format: Parquet and Avro containers. */
class ContainerFilesTest {

    private static final RecordSpec SPEC = new RecordSpec(
            RecordSpec.FORMAT,
            "payments",
            null,
            List.of(
                    Field.of("amount", FieldType.NUMBER),
                    Field.of("merchant.country", FieldType.CATEGORY),
                    Field.of("online", FieldType.BOOLEAN),
                    Field.of("at", FieldType.TIMESTAMP)));

    private static final MessageType PARQUET = MessageTypeParser.parseMessageType("""
            message payment {
              required double amount;
              required group merchant { required binary country (STRING); }
              required boolean online;
              required int64 at (TIMESTAMP(MICROS, true));
              optional binary label (STRING);
            }""");

    private static final Schema AVRO = new Schema.Parser().parse("""
                    {"type": "record", "name": "Payment", "fields": [
                      {"name": "amount", "type": "double"},
                      {"name": "merchant", "type": {"type": "record", "name": "Merchant", "fields": [
                        {"name": "country", "type": {"type": "enum", "name": "Country", "symbols": ["DE", "FR"]}}]}},
                      {"name": "online", "type": "boolean"},
                      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                      {"name": "label", "type": ["null", "string"]}]}""");

    /** 2026-03-01T12:30:00.25Z and one day later. */
    private static final long AT = 1_772_368_200_250_000L;

    private static final List<String> AS_JSON = List.of(
            "{\"amount\":12.5,\"merchant\":{\"country\":\"DE\"},\"online\":true,\"at\":\"2026-03-01T12:30:00.250Z\",\"label\":null}",
            "{\"amount\":-3.0,\"merchant\":{\"country\":\"FR\"},\"online\":false,\"at\":\"2026-03-02T12:30:00.250Z\",\"label\":\"fraud\"}");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            value = CompressionCodecName.class,
            names = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"})
    void readsParquetOfEveryUsualCompression(CompressionCodecName codec) throws IOException {
        Path file = parquet(codec, 1);

        assertThat(records(file)).isEqualTo(AS_JSON);
        assertThat(rows(file)).isEqualTo(rows(lines(AS_JSON)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "deflate", "snappy", "zstandard", "bzip2"})
    void readsAvroOfEveryUsualCompression(String codec) throws IOException {
        Path file = avro(CodecFactory.fromString(codec), 1);

        assertThat(records(file)).isEqualTo(AS_JSON);
        assertThat(rows(file)).isEqualTo(rows(lines(AS_JSON)));
    }

    @Test
    void tellsWhereItIsInAFileOfManyRowGroups() throws IOException {
        Path file = parquet(CompressionCodecName.UNCOMPRESSED, 20_000);

        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            long last = 0;
            long count = 0;
            while (reader.next()) {
                count++;
                assertThat(reader.place()).isEqualTo("record " + count);
                assertThat(reader.position()).isBetween(last, reader.size());
                last = reader.position();
            }
            assertThat(count).isEqualTo(40_000);
            assertThat(last).isEqualTo(reader.size());
        }
    }

    @Test
    void trainsOnTheSameRowsWhateverTheFormat() throws IOException {
        try (TrainingData parquet =
                        TrainingData.read(parquet(CompressionCodecName.SNAPPY, 50), SPEC, Selection.ALL, bytes -> {});
                TrainingData avro =
                        TrainingData.read(avro(CodecFactory.nullCodec(), 50), SPEC, Selection.ALL, bytes -> {});
                TrainingData json = TrainingData.read(lines(repeated(AS_JSON, 50)), SPEC, Selection.ALL, bytes -> {})) {
            assertThat(parquet.fingerprint()).isEqualTo(json.fingerprint());
            assertThat(avro.fingerprint()).isEqualTo(json.fingerprint());
        }
    }

    @Test
    void drawsTheSpecOfThem() throws IOException {
        String ofParquet = SpecDraft.of(parquet(CompressionCodecName.ZSTD, 50), "payments", "label", bytes -> {})
                .toYaml();
        String ofAvro = SpecDraft.of(avro(CodecFactory.nullCodec(), 50), "payments", "label", bytes -> {})
                .toYaml();

        assertThat(ofParquet)
                .contains("name: amount, type: number")
                .contains("name: merchant.country, type: category")
                .contains("name: online, type: boolean")
                .contains("name: at, type: timestamp")
                .contains("name: label, type: ignored");
        assertThat(ofAvro.replace("file.avro", "file.parquet")).isEqualTo(ofParquet);
    }

    @Test
    void writesTheTypesOfParquetThatJsonLacks() throws IOException {
        MessageType schema = MessageTypeParser.parseMessageType("""
                message types {
                  required int32 day (DATE);
                  required int32 time (TIME(MILLIS, true));
                  required int64 local (TIMESTAMP(MILLIS, false));
                  required int96 old;
                  required int32 price (DECIMAL(9, 2));
                  required binary large (DECIMAL(30, 3));
                  required int32 unsigned (INTEGER(32, false));
                  required int64 huge (INTEGER(64, false));
                  required fixed_len_byte_array(16) id (UUID);
                  required fixed_len_byte_array(2) half (FLOAT16);
                  required float single;
                  required double none;
                  required double without_end;
                  repeated int32 several;
                  optional group absent { required int32 inside; }
                  required binary plain;
                }""");
        Group group = new SimpleGroup(schema);
        group.add("day", 20_513);
        group.add("time", 45_000_500);
        group.add("local", AT / 1_000);
        group.add("old", new NanoTime(2_440_588 + 20_513, 45_000_250_000_000L).toBinary());
        group.add("price", -1_999);
        group.add(
                "large",
                Binary.fromConstantByteArray(new BigDecimal("12345678901234567890.123")
                        .unscaledValue()
                        .toByteArray()));
        group.add("unsigned", -1);
        group.add("huge", -1L);
        UUID id = UUID.fromString("0e37df36-f698-11e6-8dd4-cb9ced3df976");
        group.add(
                "id",
                Binary.fromConstantByteArray(ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array()));
        group.add("half", Binary.fromConstantByteArray(new byte[] {0x00, 0x3e}));
        group.add("single", 0.1f);
        group.add("none", Double.NaN);
        group.add("without_end", Double.NEGATIVE_INFINITY);
        group.add("several", 1);
        group.add("several", 2);
        group.add("plain", Binary.fromString("text"));
        Path file = folder.resolve("types.parquet");
        try (ParquetWriter<Group> writer = writer(file, schema, CompressionCodecName.SNAPPY)) {
            writer.write(group);
        }

        assertThat(records(file))
                .containsExactly(
                        "{\"day\":\"2026-03-01\",\"time\":\"12:30:00.500\",\"local\":\"2026-03-01T12:30:00.250\","
                                + "\"old\":\"2026-03-01T12:30:00.250Z\",\"price\":-19.99,\"large\":12345678901234567890.123,"
                                + "\"unsigned\":4294967295,\"huge\":18446744073709551615,"
                                + "\"id\":\"0e37df36-f698-11e6-8dd4-cb9ced3df976\",\"half\":1.5,\"single\":0.1,\"none\":null,"
                                + "\"without_end\":\"-Infinity\",\"several\":[1,2],\"absent\":null,\"plain\":\"text\"}");
    }

    @Test
    void writesTheTypesOfAvroThatJsonLacks() throws IOException {
        Schema schema = new Schema.Parser().parse("""
                        {"type": "record", "name": "Types", "fields": [
                          {"name": "day", "type": {"type": "int", "logicalType": "date"}},
                          {"name": "time", "type": {"type": "long", "logicalType": "time-micros"}},
                          {"name": "local", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
                          {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
                          {"name": "single", "type": "float"},
                          {"name": "several", "type": {"type": "array", "items": "int"}},
                          {"name": "more", "type": {"type": "map", "values": ["null", "long"]}},
                          {"name": "plain", "type": "bytes"}]}""");
        GenericRecord record = new GenericData.Record(schema);
        record.put("day", 20_513);
        record.put("time", 45_000_500_000L);
        record.put("local", AT / 1_000);
        record.put(
                "price",
                ByteBuffer.wrap(new BigDecimal("-19.99").unscaledValue().toByteArray()));
        record.put("single", 0.1f);
        record.put("several", List.of(1, 2));
        record.put("more", Map.of("a", 7L));
        record.put("plain", ByteBuffer.wrap(new byte[] {'t', (byte) 0xe4}));
        Path file = folder.resolve("types.avro");
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            writer.create(schema, file.toFile());
            writer.append(record);
        }

        assertThat(records(file))
                .containsExactly(
                        "{\"day\":\"2026-03-01\",\"time\":\"12:30:00.500\",\"local\":\"2026-03-01T12:30:00.250\","
                                + "\"price\":-19.99,\"single\":0.1,\"several\":[1,2],\"more\":{\"a\":7},\"plain\":\"t\u00e4\"}");
    }

    @Test
    void saysOfADamagedFileThatItIsOne() throws IOException {
        Path parquet = parquet(CompressionCodecName.SNAPPY, 1_000);
        byte[] bytes = Files.readAllBytes(parquet);
        Files.write(parquet, Arrays.copyOf(bytes, bytes.length / 2));
        Path avro = avro(CodecFactory.deflateCodec(6), 1_000);
        bytes = Files.readAllBytes(avro);
        Files.write(avro, Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> records(parquet))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be read as Parquet");
        assertThatThrownBy(() -> records(avro))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be read as Avro");
    }

    @Test
    void saysOfAFileWithoutRecordsThatThereAreNone() throws IOException {
        Path parquet = parquet(CompressionCodecName.SNAPPY, 0);
        Path avro = avro(CodecFactory.nullCodec(), 0);

        for (Path file : List.of(parquet, avro)) {
            assertThatThrownBy(() -> SpecDraft.of(file, null, null, bytes -> {}))
                    .isInstanceOf(DataException.class)
                    .hasMessageEndingWith("there is no record");
            assertThatThrownBy(() -> TrainingData.read(file, SPEC, Selection.ALL, bytes -> {}))
                    .isInstanceOf(DataException.class)
                    .hasMessageEndingWith("there is no record");
        }
    }

    @Test
    void saysHowToWriteAFileWhoseCompressionItDoesNotKnow() throws IOException {
        Path file = parquet(CompressionCodecName.LZO, 1);

        assertThatThrownBy(() -> records(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("packed with LZO; write it again");
    }

    @Test
    void namesTheRecordThatDoesNotFitTheSpec() throws IOException {
        RecordSpec numbers = new RecordSpec(
                RecordSpec.FORMAT, "payments", null, List.of(Field.of("merchant.country", FieldType.NUMBER)));

        assertThatThrownBy(() ->
                        TrainingData.read(parquet(CompressionCodecName.SNAPPY, 1), numbers, Selection.ALL, bytes -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("file.parquet record 1: ")
                .hasMessageContaining("merchant.country");
    }

    private Path parquet(CompressionCodecName codec, int times) throws IOException {
        Path file = folder.resolve("file.parquet");
        try (ParquetWriter<Group> writer = writer(file, PARQUET, codec)) {
            for (int i = 0; i < times; i++) {
                writer.write(payment(12.5, "DE", true, AT, null));
                writer.write(payment(-3, "FR", false, AT + 86_400_000_000L, "fraud"));
            }
        }
        return file;
    }

    private static ParquetWriter<Group> writer(Path file, MessageType schema, CompressionCodecName codec)
            throws IOException {
        return ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(new PlainParquetConfiguration())
                .withType(schema)
                .withCodecFactory(new Codecs())
                .withCompressionCodec(codec)
                .withRowGroupSize(64L << 10)
                .withWriteMode(org.apache.parquet.hadoop.ParquetFileWriter.Mode.OVERWRITE)
                .build();
    }

    private static Group payment(double amount, String country, boolean online, long at, String label) {
        Group group = new SimpleGroup(PARQUET);
        group.add("amount", amount);
        group.addGroup("merchant").add("country", country);
        group.add("online", online);
        group.add("at", at);
        if (label != null) {
            group.add("label", label);
        }
        return group;
    }

    private Path avro(CodecFactory codec, int times) throws IOException {
        Path file = folder.resolve("file.avro");
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>(AVRO))) {
            writer.setCodec(codec).create(AVRO, file.toFile());
            for (int i = 0; i < times; i++) {
                writer.append(avroPayment(12.5, "DE", true, AT, null));
                writer.append(avroPayment(-3, "FR", false, AT + 86_400_000_000L, "fraud"));
            }
        }
        return file;
    }

    private static GenericRecord avroPayment(double amount, String country, boolean online, long at, String label) {
        Schema merchantSchema = AVRO.getField("merchant").schema();
        GenericRecord merchant = new GenericData.Record(merchantSchema);
        merchant.put(
                "country",
                new GenericData.EnumSymbol(merchantSchema.getField("country").schema(), country));
        GenericRecord payment = new GenericData.Record(AVRO);
        payment.put("amount", amount);
        payment.put("merchant", merchant);
        payment.put("online", online);
        payment.put("at", at);
        payment.put("label", label);
        return payment;
    }

    private Path lines(List<String> records) throws IOException {
        return Files.write(folder.resolve("file.jsonl"), records);
    }

    private static List<String> repeated(List<String> records, int times) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.addAll(records);
        }
        return all;
    }

    private static List<String> records(Path file) {
        List<String> records = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            while (reader.next()) {
                records.add(reader.json());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private static List<String> rows(Path file) throws IOException {
        RecordEncoder encoder = new RecordEncoder(
                SPEC,
                SPEC.categoryColumns().stream()
                        .map(column -> new GrowingVocabulary())
                        .toList());
        EncodedRow row = encoder.newRow();
        List<String> rows = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            while (reader.next()) {
                reader.encode(encoder, row);
                rows.add(Arrays.toString(row.numbers()) + " " + Arrays.toString(row.categories()));
            }
        }
        return rows;
    }

    /** Those of the library, and gzip, for which it would want Hadoop; LZO is only a name here. */
    private static final class Codecs implements CompressionCodecFactory {
        private final CompressionCodecFactory own =
                new org.apache.parquet.hadoop.CodecFactory(new PlainParquetConfiguration(), 0);

        @Override
        public BytesInputCompressor getCompressor(CompressionCodecName codec) {
            return switch (codec) {
                case GZIP, LZO -> new Gzip(codec);
                default -> own.getCompressor(codec);
            };
        }

        @Override
        public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
            throw new UnsupportedOperationException("files are only written");
        }

        @Override
        public void release() {
            own.release();
        }
    }

    private record Gzip(CompressionCodecName getCodecName) implements CompressionCodecFactory.BytesInputCompressor {
        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
                bytes.writeAllTo(gzip);
            }
            return BytesInput.from(packed.toByteArray());
        }

        @Override
        public void release() {
            // It holds nothing.
        }
    }
}

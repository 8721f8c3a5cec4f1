package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A CSV record sent as JSON is the same row, bit for bit, and refused where the record is. */
class JsonRoundTripPropertyTest {

    private static final Field[] FIELDS = {
        new Field("amount", FieldType.NUMBER, true, null, null, null),
        new Field("a.b", FieldType.NUMBER, true, null, null, null),
        new Field("a", FieldType.CATEGORY, true, null, null, null),
        new Field("ok", FieldType.BOOLEAN, true, null, null, null),
        new Field("at", FieldType.TIMESTAMP, true, null, null, null),
        new Field("epoch", FieldType.TIMESTAMP, true, null, "epoch-seconds", "Europe/Berlin"),
        new Field("note", FieldType.IGNORED, false, null, null, null),
        new Field("must", FieldType.CATEGORY, false, null, null, null)
    };
    private static final RecordSpec SPEC = new RecordSpec(1, "test", null, List.of(FIELDS));

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "-0.0",
            "-0e5",
            "00",
            "007",
            "+1",
            ".5",
            "5.",
            "1e3",
            "1E-3",
            "1e400",
            "-1e39",
            "1e-400",
            " 7 ",
            "7f",
            "0x1p3",
            "Infinity",
            "9007199254740993",
            "123456789012345678901234567890",
            "0.1",
            "16777217",
            "3.4028235e38",
            "3.4028236e38",
            "1.17549435E-38",
            "1_000",
            "1,5",
            "seven",
            "1." + "3".repeat(600),
            "9".repeat(30) + ".5");
    private static final List<String> TEXTS = List.of(
            "a",
            "b",
            "c",
            "\u00e4",
            "\uD83D\uDE00",
            "quo\"te",
            "two\nlines",
            "\t",
            "\\",
            "\u0000",
            "true",
            "12",
            "1.50",
            "nULL");
    private static final List<String> BOOLEANS = List.of("true", "FALSE", "Yes", "n", "1", "0", "1.0", "maybe", "t");
    private static final List<String> MISSING = List.of("", "NA", "N/A", "NaN", "null", "None", "?");

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void encodesToTheSameBits(long seed) throws IOException {
        Random random = new Random(seed);
        Path file = folder.resolve("records.csv");
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, FIELDS.length).boxed().toList());
        Collections.shuffle(order, random);
        try (CsvWriter csv = CsvWriter.builder().build(file)) {
            csv.writeRecord(order.stream().map(field -> FIELDS[field].name()).toList());
            for (int i = 0; i < 2_000; i++) {
                csv.writeRecord(order.stream()
                        .map(field -> value(FIELDS[field], random))
                        .toList());
            }
        }

        int encoded = 0;
        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            RecordEncoder encoder = encoder();
            JsonRecordParser parser = new JsonRecordParser(SPEC, encoder);
            while (reader.next()) {
                String direct = bits(encoder, row -> reader.encode(encoder, row));
                String json = reader.json();
                String sent = bits(encoder, row -> parser.parse(json.getBytes(StandardCharsets.UTF_8), row));
                assertThat(sent).as("seed %d, %s", seed, json).isEqualTo(direct);
                encoded += direct.equals("refused") ? 0 : 1;
            }
        }
        assertThat(encoded)
                .as("rows of 2000 that could be encoded, seed %d", seed)
                .isGreaterThan(200);
    }

    @Test
    void writesValuesAsTheyAre() throws IOException {
        Path file = Files.writeString(
                folder.resolve("one.csv"),
                "amount,a.b,a,ok,at,epoch,note,must\n1.50,,12,YES,2014-04-01 00:00:00,1400000000,7,\"x\"\"y\"\n");

        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            reader.next();
            assertThat(reader.json())
                    .isEqualTo(
                            "{\"amount\":1.50,\"a.b\":null,\"a\":\"12\",\"ok\":true,\"at\":\"2014-04-01 00:00:00\",\"epoch\":\"1400000000\",\"note\":\"7\",\"must\":\"x\\\"y\"}");
        }
    }

    @Test
    void givesJsonLinesAsTheyStand() throws IOException {
        String line = "{ \"amount\": 1.50, \"must\" : \"x\", \"other\":[1]}";
        Path file = Files.writeString(folder.resolve("one.jsonl"), line + "\r\n");

        try (RecordReader reader = RecordReader.open(file, SPEC)) {
            reader.next();
            assertThat(reader.json()).isEqualTo(line);
        }
    }

    private static String value(Field field, Random random) {
        if (random.nextInt(8) == 0 && field.optional()) {
            return one(MISSING, random);
        }
        return switch (field.type()) {
            case NUMBER ->
                switch (random.nextInt(12)) {
                    case 0 -> one(NUMBERS, random);
                    case 1, 2 -> Double.toString(Double.longBitsToDouble(random.nextLong()));
                    case 3, 4 -> Long.toString(random.nextLong());
                    default -> Float.toString(Float.intBitsToFloat(random.nextInt() & 0x7eff_ffff));
                };
            case CATEGORY, IGNORED -> one(TEXTS, random);
            case BOOLEAN -> one(BOOLEANS, random);
            case TIMESTAMP ->
                random.nextInt(20) == 0
                        ? one(TEXTS, random)
                        : field.format() == null
                                ? String.format("2014-04-%02d %02d:30:00", 1 + random.nextInt(30), random.nextInt(24))
                                : Long.toString(random.nextInt(Integer.MAX_VALUE));
        };
    }

    private static String one(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private static RecordEncoder encoder() {
        Vocabulary texts = new Vocabulary(TEXTS);
        Vocabulary hours = new Vocabulary(IntStream.range(0, 24)
                .mapToObj(hour -> String.format("%02d", hour))
                .toList());
        Vocabulary days = new Vocabulary(List.of("monday", "tuesday", "friday"));
        return new RecordEncoder(SPEC, List.of(texts, hours, days, hours, days, texts));
    }

    private interface Encoding {
        void into(EncodedRow row);
    }

    private static String bits(RecordEncoder encoder, Encoding encoding) {
        EncodedRow row = encoder.newRow();
        try {
            encoding.into(row);
        } catch (RecordException e) {
            return "refused";
        }
        int[] numbers = new int[row.numbers().length];
        Arrays.setAll(numbers, i -> Float.floatToRawIntBits(row.numbers()[i]));
        return Arrays.toString(numbers) + Arrays.toString(row.categories());
    }
}

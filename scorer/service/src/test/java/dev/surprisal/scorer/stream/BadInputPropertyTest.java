package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ModelSwitch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged records by the hundred thousand: each ends as one score or one dead letter, and the scorer goes on. */
class BadInputPropertyTest {

    private static final long SEED = 2_026;
    private static final int RECORDS = 200_000;
    private static final int TOGETHER = 1_000;
    private static final int MOST_BYTES = 100_000;
    private static final long SLACK_BYTES = 24 << 20;

    private final Random random = new Random(SEED);

    @TempDir
    private Path folder;

    @Test
    void everyDamagedRecordEndsAsOneScoreOrOneDeadLetter() {
        int scored = 0;
        int refused = 0;
        long early = 0;
        try (ModelSwitch models = new ModelSwitch(null);
                CurrentScorer scorer = new CurrentScorer(models, MOST_BYTES, false)) {
            models.serve(ScoringModel.open(TinyModel.writeWithFirstLook(folder.resolve("tiny.onnx"))));
            for (int done = 0; done < RECORDS; done += TOGETHER) {
                List<byte[]> records = new ArrayList<>(TOGETHER);
                for (int i = 0; i < TOGETHER; i++) {
                    records.add(mutation());
                }
                List<ScoredRecord> outcomes = scorer.score(records);
                assertThat(outcomes).hasSameSizeAs(records);
                for (int i = 0; i < TOGETHER; i++) {
                    if (isScore(outcomes.get(i).outcome())) {
                        scored++;
                    } else if (isDeadLetter(outcomes.get(i).outcome())) {
                        refused++;
                    } else {
                        throw new AssertionError("seed " + SEED + ", record " + (done + i) + " ends as "
                                + outcomes.get(i) + ": " + new String(records.get(i), UTF_8));
                    }
                }
                if (done == RECORDS / 4) {
                    early = usedBytes();
                }
            }
            assertThat(usedBytes()).as("memory at the end").isLessThan(early + SLACK_BYTES);
        }
        assertThat(scored + refused).isEqualTo(RECORDS);
        assertThat(scored).isGreaterThan(RECORDS / 10);
        assertThat(refused).isGreaterThan(RECORDS / 4);
    }

    private static boolean isScore(Outcome outcome) {
        return outcome instanceof Outcome.Scored scored
                && Double.isFinite(scored.verdict().score());
    }

    private static boolean isDeadLetter(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused
                && !refused.reason().isBlank()
                && refused.reason().length() < 1_000;
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private byte[] valid() {
        return String.format(
                        "{\"amount\": %s, \"age\": %d, \"country\": \"%s\", \"note\": {\"a\": [1, \"é\", null]}}",
                        random.nextInt(200) / 2.0, random.nextInt(90), random.nextBoolean() ? "DE" : "FR")
                .getBytes(UTF_8);
    }

    private byte[] mutation() {
        byte[] record = valid();
        return switch (random.nextInt(10)) {
            case 0 -> Arrays.copyOf(record, random.nextInt(record.length));
            case 1 -> noise(record, 1 + random.nextInt(3));
            case 2 -> noise(record, record.length);
            case 3 -> replaced(record, "\"country\": ", "\"country\": " + oddValue() + ", \"x\": ");
            case 4 -> replaced(record, "\"amount\": ", "\"amount\": " + oddValue() + ", \"x\": ");
            case 5 -> nested(record);
            case 6 -> replaced(record, "\"age\": ", "\"" + oddKey() + "\": 1, \"age\": ");
            case 7 -> spliced(record, valid());
            case 8 -> invalidUtf8(record);
            default -> swapped(record);
        };
    }

    private String oddValue() {
        return switch (random.nextInt(12)) {
            case 0 -> "1e" + random.nextInt(1_000);
            case 1 -> "-" + "9".repeat(1 + random.nextInt(500));
            case 2 -> "0." + "0".repeat(random.nextInt(500)) + "1";
            case 3 -> "\"" + "x".repeat(random.nextInt(2_000)) + "\"";
            case 4 -> "true";
            case 5 -> "null";
            case 6 -> "[1, [2, [3]]]";
            case 7 -> "{\"amount\": 1}";
            case 8 -> "NaN";
            case 9 -> "-Infinity";
            case 10 -> "\"\\ud800\"";
            default -> "\"\\u0000\"";
        };
    }

    private String oddKey() {
        return switch (random.nextInt(4)) {
            case 0 -> "amount";
            case 1 -> "k".repeat(random.nextInt(5_000));
            case 2 -> "unknown" + random.nextInt();
            default -> "";
        };
    }

    private byte[] nested(byte[] record) {
        int depth = random.nextInt(300);
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        String shut = open.equals("[") ? "]" : "}";
        String closed = random.nextInt(4) == 0 ? "" : shut.repeat(depth);
        return replaced(record, "[1, \"é\", null]", open.repeat(depth) + "1" + closed);
    }

    private byte[] noise(byte[] record, int bytes) {
        byte[] noisy = record.clone();
        for (int i = 0; i < bytes; i++) {
            noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
        }
        return noisy;
    }

    private byte[] invalidUtf8(byte[] record) {
        byte[] broken = record.clone();
        broken[random.nextInt(broken.length)] = (byte) (0x80 + random.nextInt(0x80));
        return broken;
    }

    private byte[] spliced(byte[] one, byte[] other) {
        int cut = random.nextInt(one.length);
        int from = random.nextInt(other.length);
        byte[] spliced = Arrays.copyOf(one, cut + other.length - from);
        System.arraycopy(other, from, spliced, cut, other.length - from);
        return spliced;
    }

    private byte[] swapped(byte[] record) {
        byte[] swapped = record.clone();
        int a = random.nextInt(record.length);
        int b = random.nextInt(record.length);
        swapped[a] = record[b];
        swapped[b] = record[a];
        return swapped;
    }

    private static byte[] replaced(byte[] record, String what, String by) {
        return new String(record, UTF_8).replace(what, by).getBytes(UTF_8);
    }
}

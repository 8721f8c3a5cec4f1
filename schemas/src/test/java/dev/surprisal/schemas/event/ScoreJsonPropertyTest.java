package dev.surprisal.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreJsonPropertyTest {

    private static final String[] TEXTS = {
        "payments", "a.b-c_d", "", "\"quoted\" \\ / \n\t\u0001", "Zählung €", "\uD83D\uDE00", "x".repeat(2_000)
    };

    /** One writer for all: what it keeps from event to event must not show. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writesEveryEventAsTheGeneralWriterDoes(long seed) {
        Random random = new Random(seed);
        EventJson<ScoreEvent> general = new EventJson<>(ScoreEvent.getClassSchema());
        ScoreJson writer = new ScoreJson();
        for (int i = 0; i < 1_000; i++) {
            ScoreEvent event = event(random);

            assertThat(new String(writer.write(event), StandardCharsets.UTF_8))
                    .as("seed %d, event %d", seed, i)
                    .isEqualTo(new String(general.write(event), StandardCharsets.UTF_8));
        }
    }

    private static ScoreEvent event(Random random) {
        return new ScoreEvent(
                text(random),
                random.nextInt(),
                random.nextLong(),
                Instant.ofEpochMilli(random.nextLong() >> random.nextInt(64)),
                text(random),
                text(random),
                number(random),
                random.nextDouble(),
                number(random),
                random.nextBoolean(),
                random.nextBoolean() ? "first" : "full",
                single(random),
                single(random),
                single(random));
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    /** Any bits there are, or a number of the usual kind. */
    private static double number(Random random) {
        return random.nextBoolean() ? Double.longBitsToDouble(random.nextLong()) : 100 * random.nextGaussian();
    }

    private static Float single(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> Float.NaN;
            case 2 -> Float.intBitsToFloat(random.nextInt());
            default -> (float) random.nextGaussian();
        };
    }
}

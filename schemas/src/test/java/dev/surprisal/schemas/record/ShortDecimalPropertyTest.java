package dev.surprisal.schemas.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortDecimalPropertyTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isTheNearestDoubleToTheLastBit(long seed) {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            String text = decimal(random);

            double value = parse(text);

            if (!Double.isNaN(value)) {
                read++;
                assertThat(Double.doubleToRawLongBits(value))
                        .as("seed %d, %s", seed, text)
                        .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
            }
        }
        assertThat(read).as("seed %d", seed).isGreaterThan(5_000);
    }

    @Test
    void readsDecimalsOfUpToFifteenDigits() {
        assertThat(parse("0.05")).isEqualTo(0.05);
        assertThat(parse("-0.0")).isEqualTo(-0.0);
        assertThat(parse("12345678.9012345")).isEqualTo(12345678.9012345);
        assertThat(parse("0.00000000000001")).isEqualTo(1e-14);
    }

    @Test
    void leavesEverythingElseToOthers() {
        assertThat(parse("123456789.0123456")).isNaN();
        assertThat(parse("1.5e3")).isNaN();
        assertThat(parse("1E-7")).isNaN();
    }

    private static String decimal(Random random) {
        int decimals = 1 + random.nextInt(15);
        return String.format(
                Locale.ROOT, "%." + decimals + "f", random.nextGaussian() * Math.pow(10, random.nextInt(8) - 3));
    }

    /** From the middle of a buffer, as a parser holds it. */
    private static double parse(String text) {
        return ShortDecimal.parse(("1.5" + text + "7.5").toCharArray(), 3, text.length());
    }
}

package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.surprisal.engine.FieldReason.Likely;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReasonTextTest {

    @Test
    void aNumberIsComparedWithWhatIsExpected() {
        assertThat(ReasonText.number("amount", 4812, 155, 20, 410))
                .isEqualTo("amount 4812 is 31 times the expected 155 (95 % from 20 to 410)");
        assertThat(ReasonText.number("amount", 450, 155, 20, 410))
                .isEqualTo("amount 450 is 2.9 times the expected 155 (95 % from 20 to 410)");
        assertThat(ReasonText.number("degrees", 45, 40, 38, 42))
                .isEqualTo("degrees 45 is above the expected 40 (95 % from 38 to 42)");
        assertThat(ReasonText.number("degrees", -45, -4, -9, 1))
                .isEqualTo("degrees -45 is below the expected -4 (95 % from -9 to 1)");
        assertThat(ReasonText.number("degrees", 40, 40.5, 38, 42))
                .isEqualTo("degrees 40 is unusual with the rest, though near the expected 40.5 (95 % from 38 to 42)");
        assertThat(ReasonText.number("wait", 3, 0, 0, 1))
                .isEqualTo("wait 3 is above the expected 0 (95 % from 0 to 1)");
    }

    @Test
    void numbersHaveAsManyDigitsAsAReaderTakesIn() {
        assertThat(ReasonText.text(0.012345)).isEqualTo("0.01234");
        assertThat(ReasonText.text(-9999.96)).isEqualTo("-10000");
        assertThat(ReasonText.text(12345.6)).isEqualTo("12346");
        assertThat(ReasonText.text(0.5)).isEqualTo("0.5");
        assertThat(ReasonText.text(-0.0)).isEqualTo("0");
        assertThat(ReasonText.text(1.5e-5)).isEqualTo("1.50e-05");
        assertThat(ReasonText.text(-9.996e-5)).isEqualTo("-1.00e-04");
        assertThat(ReasonText.text(1.2345e12)).isEqualTo("1.23e+12");
        assertThat(ReasonText.text(Double.MIN_VALUE)).isEqualTo("4.94e-324");
        assertThat(ReasonText.text(Double.MAX_VALUE)).isEqualTo("1.80e+308");
        assertThat(ReasonText.text(Double.NaN)).isEqualTo("NaN");
        assertThat(ReasonText.text(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    }

    @Test
    void numbersKeepThreeDigitsAtLeast() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            double value = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-300, 300));
            assertThat(Double.parseDouble(ReasonText.text(value)))
                    .as("%s as %s", value, ReasonText.text(value))
                    .isCloseTo(value, withinPercentage(0.51));
        }
    }

    @Test
    void aCategoryIsComparedWithWhatIsLikely() {
        List<Likely> likely = List.of(new Likely("PT", 0.943), new Likely("DE", 0.03));

        assertThat(ReasonText.category("country", "IT", likely))
                .isEqualTo("country IT, where PT (94 %) or DE (3 %) is expected");
        assertThat(ReasonText.category("country", "PT", likely))
                .isEqualTo("country PT is unusual with the rest, though PT (94 %) or DE (3 %) is expected");
        assertThat(ReasonText.category("country", null, List.of(new Likely("PT", 0.9999))))
                .isEqualTo("country holds a value never seen in training, where PT (99.9 %) is expected");
    }

    @Test
    void theSentenceOfAFlagHasTheReasonsThatWeigh() {
        assertThat(ReasonText.sentence(List.of(reason("a", 0.6), reason("b", 0.3), reason("c", 0.1))))
                .isEqualTo("a; b");
        assertThat(ReasonText.sentence(List.of(reason("a", 0.1)))).isEqualTo("a");
        assertThat(ReasonText.sentence(List.of())).isEmpty();
    }

    private static FieldReason reason(String sentence, double share) {
        return new FieldReason("f", 3, share, 1.0, 2.0, 0.0, 3.0, FieldReason.Direction.BELOW, List.of(), sentence);
    }
}

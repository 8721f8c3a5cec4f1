package dev.surprisal.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShareTest {

    /** The figures are those of Clopper and Pearson's tables. */
    @Test
    void hasTheIntervalOfClopperAndPearson() {
        assertThat(new Share(3, 10).low()).isCloseTo(0.0667, within(1e-4));
        assertThat(new Share(3, 10).high()).isCloseTo(0.6525, within(1e-4));
        assertThat(new Share(0, 10).low()).isZero();
        assertThat(new Share(0, 10).high()).isCloseTo(0.3085, within(1e-4));
        assertThat(new Share(10, 10).low()).isCloseTo(0.6915, within(1e-4));
        assertThat(new Share(10, 10).high()).isEqualTo(1);
    }

    @Test
    void saysWhatItIsAShareOf() {
        assertThat(new Share(3, 4)).hasToString("75.00 % (3 of 4; 95 % from 19.41 % to 99.37 %)");
        assertThat(new Share(0, 0)).hasToString("unknown (of none)");
    }
}

package dev.surprisal.scorer.silence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SilenceRateTest {

    @Test
    void aRateIsANumberInATime() {
        assertThat(SilenceRate.parse("1 a year")).isEqualTo(SilenceRate.USUAL);
        assertThat(SilenceRate.parse(" 2 per Month ").period()).isEqualTo(Duration.ofDays(15));
        assertThat(SilenceRate.parse("1/week").period()).isEqualTo(Duration.ofDays(7));
        assertThat(SilenceRate.parse("off").isOff()).isTrue();
        assertThat(SilenceRate.USUAL.isOff()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "often", "0 a year", "1", "-1 a day", "1 a minute", "1/1000"})
    void whatIsNoneSaysWhatToUse(String text) {
        assertThatThrownBy(() -> SilenceRate.parse(text))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("use such as 1 a year");
    }

    @Test
    void anHourIsTheShortestPeriod() {
        assertThatThrownBy(() -> SilenceRate.parse("2 an hour"))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("once an hour at most");
    }
}

package dev.surprisal.scorer.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentGapTest {

    @ParameterizedTest
    @CsvSource({"30s, PT30S", "10m, PT10M", "2 h, PT2H", "1d, PT24H"})
    void readsANumberWithAUnit(String text, Duration duration) {
        assertThat(IncidentGap.parse(text).duration()).isEqualTo(duration);
    }

    @Test
    void canBeOff() {
        assertThat(IncidentGap.parse("off").isOff()).isTrue();
        assertThat(IncidentGap.USUAL.isOff()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "0s", "-1m", "10 minutes", "8d", "9999999d", "on"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> IncidentGap.parse(text)).isInstanceOf(SurprisalException.class);
    }
}

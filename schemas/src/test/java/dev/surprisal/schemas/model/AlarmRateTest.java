package dev.surprisal.schemas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlarmRateTest {

    @ParameterizedTest
    @CsvSource({
        "1/1000, 0.001, 1/1000",
        "0.1%, 0.001, 1/1000",
        "0.001, 0.001, 1/1000",
        "3 / 1000, 0.003, 0.003",
        "1e-4, 0.0001, 1/10000"
    })
    void readsRatesAsPeopleWriteThem(String text, double value, String shown) {
        assertThat(AlarmRate.parse(text).value()).isEqualTo(value);
        assertThat(AlarmRate.parse(text)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "often", "0", "1", "-0.1", "2/1", "1/0", "NaN", "100%"})
    void refusesWhatIsNoRate(String text) {
        assertThatThrownBy(() -> AlarmRate.parse(text))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("alarm rate");
    }
}

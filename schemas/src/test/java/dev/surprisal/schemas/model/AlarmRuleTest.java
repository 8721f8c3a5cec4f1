package dev.surprisal.schemas.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlarmRuleTest {

    @Test
    void readsEachKindOfRule() {
        assertThat(AlarmRule.parse("1/10000")).isEqualTo(new AlarmRate(1e-4));
        assertThat(AlarmRule.parse("at most 20 a day")).isEqualTo(new AlarmBudget(20, Duration.ofDays(1)));
        assertThat(AlarmRule.parse("fdr 10%")).isEqualTo(new FalseDiscoveryRate(0.1));
        assertThat(AlarmRule.parse(" 35.5 nats ")).isEqualTo(new ScoreThreshold(35.5));
    }

    @ParameterizedTest
    @CsvSource({
        "20/day, 20 a day",
        "20 per day, 20 a day",
        "3 an hour, 3 an hour",
        "0.5 a week, 0.5 a week",
        "1/1000, 1/1000",
        "FDR 0.05, fdr 5%",
        "-3 nats, -3 nats"
    })
    void writesARuleSoThatItCanBeReadAgain(String text, String shown) {
        AlarmRule rule = AlarmRule.parse(text);

        assertThat(rule).hasToString(shown);
        assertThat(AlarmRule.parse(shown)).isEqualTo(rule);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "often", "20 a fortnight", "fdr", "fdr often", "nats", "1.2.3 nats", "..5 a day"})
    void saysHowToWriteARule(String text) {
        assertThatThrownBy(() -> AlarmRule.parse(text))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("20 a day");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 a day", "fdr 100%", "fdr 0", "2/1"})
    void refusesWhatIsOutOfRange(String text) {
        assertThatThrownBy(() -> AlarmRule.parse(text)).isInstanceOf(SurprisalException.class);
    }
}

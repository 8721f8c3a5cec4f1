package dev.surprisal.scorer.mute;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.incident.Cause;
import dev.surprisal.scorer.incident.FlaggedRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MuteRuleTest {

    private static final long DAY = Duration.ofDays(1).toMillis();

    private static MuteRule rule(
            String field, String direction, String key, Double minSurprise, Long from, Long until) {
        return new MuteRule("r", field, direction, key, minSurprise, from, until, false, 0, DAY, null);
    }

    private static FlaggedRecord flag(String key, double surprise, long timestamp, Cause... causes) {
        return new FlaggedRecord("t", 0, 1, timestamp, key, key, surprise, List.of(causes), "why", "v");
    }

    private static final FlaggedRecord FLAG =
            flag("a", 10, 500, new Cause("amount", "above"), new Cause("country", null));

    @Test
    void mutesWhatMatchesAllThatIsSet() {
        assertThat(rule("amount", "above", "a", 11.0, 500L, 501L).mutes(FLAG, 0))
                .isTrue();
        assertThat(rule("amount", null, null, null, null, null).mutes(FLAG, 0)).isTrue();
        assertThat(rule("country", null, null, null, null, null).mutes(FLAG, 0))
                .as("a further reason is not what it is flagged for")
                .isFalse();
        assertThat(rule("amount", "below", null, null, null, null).mutes(FLAG, 0))
                .isFalse();
        assertThat(rule(null, null, "b", null, null, null).mutes(FLAG, 0)).isFalse();
        assertThat(rule(null, null, "a", null, null, null).mutes(flag(null, 1, 1, new Cause(null, null)), 0))
                .isFalse();
    }

    @Test
    void flagsOfTheMinimumSurpriseGetThrough() {
        assertThat(rule(null, null, null, 10.1, null, null).mutes(FLAG, 0)).isTrue();
        assertThat(rule(null, null, null, 10.0, null, null).mutes(FLAG, 0)).isFalse();
    }

    @Test
    void timeWindowIsThatOfTheRecords() {
        assertThat(rule("amount", null, null, null, 501L, null).mutes(FLAG, 0)).isFalse();
        assertThat(rule("amount", null, null, null, null, 500L).mutes(FLAG, 0)).isFalse();
    }

    @Test
    void expiresByTheClock() {
        MuteRule rule = rule("amount", null, null, null, null, null);
        assertThat(rule.mutes(FLAG, DAY - 1)).isTrue();
        assertThat(rule.mutes(FLAG, DAY)).isFalse();
    }

    @Test
    void aRuleThatMatchesEverythingIsConfirmed() {
        assertThatThrownBy(() -> rule(null, null, null, null, 1L, 2L))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("would mute every flag")
                .hasMessageContaining("\"everything\": true");
        MuteRule everything = new MuteRule("r", null, null, null, null, null, null, true, 0, DAY, null);
        assertThat(everything.mutes(FLAG, 0)).isTrue();
    }

    @Test
    void refusesWhatIsNoRule() {
        assertThatThrownBy(() -> rule("amount", "left", null, null, null, null)).hasMessageContaining("above or below");
        assertThatThrownBy(() -> rule(" ", null, null, null, null, null)).hasMessageContaining("field");
        assertThatThrownBy(() -> rule("x".repeat(500), null, null, null, null, null))
                .hasMessageContaining("field");
        assertThatThrownBy(() -> rule("amount", null, null, -1.0, null, null)).hasMessageContaining("min_surprise");
        assertThatThrownBy(() -> rule("amount", null, null, Double.NaN, null, null))
                .hasMessageContaining("min_surprise");
        assertThatThrownBy(() -> rule("amount", null, null, null, 2L, 2L)).hasMessageContaining("before its end");
        for (long expires : new long[] {0, -1, 91 * DAY}) {
            assertThatThrownBy(() -> new MuteRule("r", "amount", null, null, null, null, null, false, 0, expires, null))
                    .hasMessageContaining("expires");
        }
        assertThatThrownBy(() -> new MuteRule("a/b", "amount", null, null, null, null, null, false, 0, 1, null))
                .hasMessageContaining("id");
    }

    @Test
    void travelsAsJson() throws IOException {
        MuteRule rule = new MuteRule("r", "amount", "above", "a", 9.5, 1L, 2L, false, 0, DAY, "holiday");
        byte[] json = MuteRuleTopic.write(rule);
        assertThat(new String(json, UTF_8)).contains("\"min_surprise\":9.5");
        assertThat(MuteRuleTopic.read(json)).isEqualTo(rule);
        assertThatThrownBy(() -> MuteRuleTopic.read("{\"id\":\"r\"}".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
        assertThat(MuteRuleTopic.id("p", MuteRuleTopic.key("p", "r"))).isEqualTo("r");
        assertThat(MuteRuleTopic.id("p", MuteRuleTopic.key("q", "r"))).isNull();
    }
}

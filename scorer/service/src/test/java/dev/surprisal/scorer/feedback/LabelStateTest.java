package dev.surprisal.scorer.feedback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label;
import dev.surprisal.schemas.event.Label.Verdict;
import dev.surprisal.schemas.event.RecordCoordinates;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelStateTest {

    private final LabelState state = new LabelState("payments.labels", "payments"::equals, 3);

    @Test
    void theLastLabelOfARecordCounts() {
        take(label(1, Verdict.FALSE_ALARM));
        take(label(2, Verdict.FALSE_ALARM));
        take(label(1, Verdict.CONFIRMED));

        assertThat(state.latestFirst()).containsExactly(label(1, Verdict.CONFIRMED), label(2, Verdict.FALSE_ALARM));
        assertThat(state.count(Verdict.CONFIRMED)).isEqualTo(1);
        assertThat(state.count(Verdict.FALSE_ALARM)).isEqualTo(1);
        assertThat(state.find(at(2))).contains(label(2, Verdict.FALSE_ALARM));
    }

    @Test
    void aLabelCanBeTakenBack() {
        take(label(1, Verdict.CONFIRMED));

        state.take(at(1).toString().getBytes(UTF_8), null);

        assertThat(state.find(at(1))).isEmpty();
        assertThat(state.refused()).isZero();
    }

    @Test
    void remembersTheLatestAndCountsTheOthers() {
        for (int offset = 0; offset < 5; offset++) {
            take(label(offset, Verdict.FALSE_ALARM));
        }
        take(label(2, Verdict.CONFIRMED));
        take(label(5, Verdict.CONFIRMED));

        assertThat(state.latestFirst())
                .containsExactly(
                        label(5, Verdict.CONFIRMED), label(2, Verdict.CONFIRMED), label(4, Verdict.FALSE_ALARM));
        assertThat(state.forgotten()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            payments/0/1 | not JSON                                                                                            | JSON
            payments/0/1 | {"topic":"payments","partition":0,"offset":2,"time":0,"by":"x","verdict":"confirmed"}               | its key is not that of its record
            payments/0/1 | {"topic":"payments","partition":0,"offset":1,"time":0,"by":"x","verdict":"perhaps"}                 | no verdict
            logins/0/1   | {"topic":"logins","partition":0,"offset":1,"time":0,"by":"x","verdict":"confirmed"}                 | not scored here
            label 1      | {"topic":"payments","partition":0,"offset":1,"time":0,"by":"x","verdict":"confirmed"}               | coordinates
            """)
    void countsWhatIsNoLabel(String key, String value, String why) {
        state.take(key.getBytes(UTF_8), value.getBytes(UTF_8));

        assertThat(state.latestFirst()).isEmpty();
        assertThat(state.refused()).isEqualTo(1);
        assertThat(state.lastRefusal()).contains(why);
    }

    @Test
    void countsWhatHasNoKeyOrIsHuge() {
        state.take(null, label(1, Verdict.CONFIRMED).write());
        state.take(new byte[1 << 20], label(1, Verdict.CONFIRMED).write());
        state.take(at(1).toString().getBytes(UTF_8), new byte[1 << 20]);

        assertThat(state.refused()).isEqualTo(3);
        assertThat(state.lastRefusal()).isEqualTo("it has 1048576 bytes, more than any label has");
    }

    @Test
    void tellsItsOwnWriterWhatItCannotTake() {
        Label foreign =
                new Label(new RecordCoordinates("logins", 0, 1), null, Verdict.CONFIRMED, "Ada", Instant.EPOCH, null);

        assertThatThrownBy(() -> state.put(foreign)).isInstanceOf(SurprisalException.class);
    }

    private void take(Label label) {
        state.take(label.record().toString().getBytes(UTF_8), label.write());
    }

    private static RecordCoordinates at(long offset) {
        return new RecordCoordinates("payments", 0, offset);
    }

    private static Label label(long offset, Verdict verdict) {
        return new Label(at(offset), "card", verdict, "Ada", Instant.ofEpochMilli(7), null);
    }
}

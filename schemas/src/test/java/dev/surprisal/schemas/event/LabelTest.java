package dev.surprisal.schemas.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.event.Label.Verdict;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelTest {

    private static final Label LABEL = new Label(
            new RecordCoordinates("payments", 1, 42),
            "card 7",
            Verdict.FALSE_ALARM,
            "Ada",
            Instant.ofEpochMilli(1_772_359_200_123L),
            "moved \"abroad\"");

    @Test
    void isReadAsItWasWritten() {
        assertThat(new String(LABEL.write(), UTF_8))
                .isEqualTo(
                        "{\"topic\":\"payments\",\"partition\":1,\"offset\":42,\"key\":\"card 7\",\"verdict\":\"false_alarm\",\"by\":\"Ada\",\"time\":1772359200123,\"comment\":\"moved \\\"abroad\\\"\"}");
        assertThat(Label.read(LABEL.write())).isEqualTo(LABEL);
    }

    @Test
    void keepsTheRecordAsItIsOnOneLine() {
        Labelled labelled = new Labelled(LABEL, "{\"amount\": 1.50,\n \"note\": \"ü\"}");

        byte[] line = labelled.write();

        assertThat(new String(line, UTF_8)).doesNotContain("\n");
        assertThat(Labelled.read(line)).isEqualTo(new Labelled(LABEL, "{\"amount\": 1.50,  \"note\": \"ü\"}"));
    }

    @Test
    void passesOverWhatItDoesNotKnow() {
        Label read = Label.read(
                "{\"more\":{\"a\":[1]},\"offset\":0,\"partition\":0,\"topic\":\"t\",\"time\":0,\"by\":\"x\",\"verdict\":\"confirmed\"}"
                        .getBytes(UTF_8));

        assertThat(read.key()).isNull();
        assertThat(read.comment()).isNull();
        assertThat(read.verdict()).isEqualTo(Verdict.CONFIRMED);
    }

    @Test
    void leavesARecordAloneWhateverItHolds() {
        Labelled labelled = new Labelled(LABEL, "{\"a\":1,\"a\":[[2]],\"topic\":{}}");

        assertThat(Labelled.read(labelled.write())).isEqualTo(labelled);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            not JSON                                                                                         | is JSON
            []                                                                                               | JSON object
            {}                                                                                               | topic, partition, offset
            {"topic":"t","partition":0,"offset":0,"time":0,"by":"x","verdict":"maybe"}                       | 'maybe' is no verdict
            {"topic":"t","partition":0,"offset":0,"time":0,"by":"x"}                                         | no verdict
            {"topic":"t","partition":0,"offset":0,"time":0,"by":" ","verdict":"confirmed"}                   | 'by' is missing
            {"topic":"t","partition":0,"offset":-1,"time":0,"by":"x","verdict":"confirmed"}                  | count from 0
            {"topic":"t","partition":"0","offset":0,"time":0,"by":"x","verdict":"confirmed"}                 | whole number
            {"topic":"t","partition":0,"offset":1e3,"time":0,"by":"x","verdict":"confirmed"}                 | whole number
            {"topic":"t","partition":3000000000,"offset":1,"time":0,"by":"x","verdict":"confirmed"}          | no partition
            {"topic":"t","partition":0,"offset":99999999999999999999,"time":0,"by":"x","verdict":"confirmed"} | whole number
            {"topic":"a b","partition":0,"offset":0,"time":0,"by":"x","verdict":"confirmed"}                 | a name of letters
            {"topic":"t","topic":"u","partition":0,"offset":0,"time":0,"by":"x","verdict":"confirmed"}       | 'topic' stands twice
            {"topic":"t","partition":0,"offset":0,"time":0,"by":"x","verdict":"confirmed"} x                 | is JSON
            """)
    void saysWhatIsWrong(String json, String why) {
        assertThatThrownBy(() -> Label.read(json.getBytes(UTF_8)))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining(why);
    }

    @Test
    void refusesWhatIsTooLongInAShortSentence() {
        String huge = "x".repeat(100_000);

        assertThatThrownBy(() -> new Label(LABEL.record(), null, LABEL.verdict(), "Ada", LABEL.time(), huge))
                .hasMessage("'comment' has 100000 characters; at most 1000 are taken");
        assertThatThrownBy(() -> Verdict.parse(huge))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void namesARecordByItsCoordinates() {
        assertThat(RecordCoordinates.parse("payments.eu/0/7")).isEqualTo(new RecordCoordinates("payments.eu", 0, 7));
        assertThat(LABEL.record()).hasToString("payments/1/42");
        assertThatThrownBy(() -> RecordCoordinates.parse("payments/0")).hasMessageContaining("TOPIC/PARTITION/OFFSET");
    }
}

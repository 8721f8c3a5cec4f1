package dev.surprisal.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventJsonTest {

    @Test
    void writesFieldsUnderTheirNamesAndUnionsWithoutTags() {
        AnomalyEvent event = new AnomalyEvent(
                "t",
                1,
                2L,
                Instant.ofEpochMilli(3),
                "m",
                "v",
                4.5,
                0.001,
                9.97,
                0.01,
                List.of(
                        new Reason("amount", 3.5, 9.0, 1.0, 0.5, 1.5, "amount 9 \"high\""),
                        new Reason("country", 2.0, null, "DE", null, null, "new")),
                "{\"amount\": 9}");

        String json = new String(
                new EventJson<AnomalyEvent>(AnomalyEvent.getClassSchema()).write(event), StandardCharsets.UTF_8);

        assertThat(json)
                .isEqualTo(
                        "{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"timestamp\":3,\"model\":\"m\",\"model_version\":\"v\","
                                + "\"score\":4.5,\"p_value\":0.001,\"surprise\":9.97,\"alarm_rate\":0.01,\"reasons\":["
                                + "{\"field\":\"amount\",\"surprise\":3.5,\"seen\":9.0,\"expected\":1.0,\"low\":0.5,\"high\":1.5,\"sentence\":\"amount 9 \\\"high\\\"\"},"
                                + "{\"field\":\"country\",\"surprise\":2.0,\"seen\":null,\"expected\":\"DE\",\"low\":null,\"high\":null,\"sentence\":\"new\"}],"
                                + "\"record\":{\"amount\": 9}}");
    }
}

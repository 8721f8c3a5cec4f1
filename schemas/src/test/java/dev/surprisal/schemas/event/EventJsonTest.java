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
                "why",
                List.of(
                        new Reason("amount", 3.5, 0.7, 9.0, 1.0, 0.5, 1.5, "above", List.of(), "amount 9 \"high\""),
                        new Reason(
                                "country",
                                2.0,
                                0.3,
                                null,
                                "DE",
                                null,
                                null,
                                null,
                                List.of(new LikelyValue("DE", 0.9)),
                                "new")),
                "{\"amount\": 9}",
                "r1");

        String json = new String(
                new EventJson<AnomalyEvent>(AnomalyEvent.getClassSchema()).write(event), StandardCharsets.UTF_8);

        assertThat(json)
                .isEqualTo(
                        "{\"topic\":\"t\",\"partition\":1,\"offset\":2,\"timestamp\":3,\"model\":\"m\",\"model_version\":\"v\","
                                + "\"score\":4.5,\"p_value\":0.001,\"surprise\":9.97,\"alarm_rate\":0.01,\"sentence\":\"why\",\"reasons\":["
                                + "{\"field\":\"amount\",\"surprise\":3.5,\"share\":0.7,\"seen\":9.0,\"expected\":1.0,\"low\":0.5,\"high\":1.5,\"direction\":\"above\",\"likely\":[],\"sentence\":\"amount 9 \\\"high\\\"\"},"
                                + "{\"field\":\"country\",\"surprise\":2.0,\"share\":0.3,\"seen\":null,\"expected\":\"DE\",\"low\":null,\"high\":null,\"direction\":null,\"likely\":[{\"value\":\"DE\",\"probability\":0.9}],\"sentence\":\"new\"}],"
                                + "\"record\":{\"amount\": 9},\"muted\":\"r1\"}");
    }
}

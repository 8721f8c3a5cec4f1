package dev.surprisal.schemas.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.junit.jupiter.api.Test;

class EventAvroTest {

    private static final Schema ANOMALY = AnomalyEvent.getClassSchema();

    private static final AnomalyEvent EVENT = new AnomalyEvent(
            "payments",
            1,
            42L,
            Instant.ofEpochMilli(1_764_000_000_123L),
            "payments",
            "v1",
            35.5,
            1e-4,
            13.3,
            1e-3,
            "amount 500 is above the expected 50",
            List.of(
                    new Reason("amount", 30.0, 0.9, 500.0, 50.0, 30.4, 69.6, "above", List.of(), "a"),
                    new Reason(
                            "country",
                            3.0,
                            0.1,
                            "FR",
                            null,
                            null,
                            null,
                            null,
                            List.of(new LikelyValue("DE", 0.9)),
                            "b")),
            "{\"amount\":500}",
            null);

    @Test
    void whatIsReadBackIsTheSameInJson() throws IOException {
        byte[] avro = new EventAvro<AnomalyEvent>(ANOMALY, 7).write(EVENT);

        assertThat(WireFormat.isAvro(avro)).isTrue();
        assertThat(WireFormat.id(avro)).isEqualTo(7);
        IndexedRecord read = EventAvro.read(avro, EventAvro.published(ANOMALY), ANOMALY);
        assertThat(new String(new EventJson<>(ANOMALY).write(read), UTF_8))
                .isEqualTo(new String(new EventJson<AnomalyEvent>(ANOMALY).write(EVENT), UTF_8));
    }

    @Test
    void anEventOfANewerVersionIsReadWithoutWhatIsNew() throws IOException {
        Schema file = AvroSources.all().get("anomaly");
        Schema newer = new Schema.Parser()
                .parse(file.toString()
                        .replaceFirst(
                                "\"fields\":\\[",
                                "\"fields\":[{\"name\":\"first_of_all\",\"type\":\"int\",\"default\":0},"));
        // A newer writer's bytes: the new field, then the rest.
        byte[] avro = new EventAvro<AnomalyEvent>(ANOMALY, 8).write(EVENT);
        byte[] written = new byte[avro.length + 1];
        System.arraycopy(avro, 0, written, 0, WireFormat.PREFIX);
        System.arraycopy(avro, WireFormat.PREFIX, written, WireFormat.PREFIX + 1, avro.length - WireFormat.PREFIX);

        assertThat(new EventJson<>(ANOMALY).write(EventAvro.read(written, newer, ANOMALY)))
                .isEqualTo(new EventJson<AnomalyEvent>(ANOMALY).write(EVENT));
    }

    @Test
    void othersGetTheSchemaOfTheFile() {
        Map<String, Schema> files = AvroSources.all();

        assertThat(EventAvro.published(ScoreEvent.getClassSchema()).toString())
                .isEqualTo(files.get("score").toString());
        assertThat(EventAvro.published(ANOMALY).toString())
                .isEqualTo(files.get("anomaly").toString());
        assertThat(EventAvro.published(IncidentEvent.getClassSchema()).toString())
                .isEqualTo(files.get("incident").toString());
        assertThat(EventAvro.published(DriftEvent.getClassSchema()).toString())
                .isEqualTo(files.get("drift-event").toString());
        assertThat(EventAvro.published(ModelEvent.getClassSchema()).toString())
                .isEqualTo(files.get("model-event").toString());
    }
}

package dev.surprisal.scorer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.scorer.model.ModelSource;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipelinePatternTest {

    private static final Pipeline ALL = new Pipeline(
            "all",
            null,
            ".*",
            ModelSource.file(Path.of("m.onnx")),
            null,
            Delivery.EXACTLY_ONCE,
            1,
            1,
            null,
            Map.of("bootstrap.servers", "nowhere:1"),
            Emission.ALL);

    @ParameterizedTest
    @CsvSource({
        "payments, true",
        "surprisal-payments, true",
        "payments.refunds, true",
        "all.scores, false",
        "all.anomalies, false",
        "all.incidents, false",
        "all.silences, false",
        "all.dead-letters, false",
        "all.model-events, false",
        "all.labels, false",
        "surprisal.models, false",
        "surprisal.mute-rules, false",
        "surprisal.instances, false",
        "surprisal-all-incidents-changelog, false",
        "surprisal-all-alarms-changelog, false",
        "surprisal-all-silences-changelog, false",
        "__consumer_offsets, false"
    })
    void patternOfAllTopicsLeavesOutWhatIsWrittenByTheProgramAndByKafka(String topic, boolean read) {
        assertThat(ALL.reads(topic)).isEqualTo(read);
    }
}

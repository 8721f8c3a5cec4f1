package dev.surprisal.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.SharedData;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Public data sets, where they are at hand. */
class PublicDataTest {

    @Test
    void drawsASpecOfNetworkConnectionsAndReadsThem() {
        Path file = SharedData.file("kdd99/kddcup.data_10_percent.csv.gz");

        SpecDraft draft = SpecDraft.of(file, null, "f42", position -> {});

        RecordSpec spec = SpecFile.parse(draft.toYaml(), "drawn");
        assertThat(draft.records()).isEqualTo(494_021);
        assertThat(spec.csv().header()).isFalse();
        assertThat(spec.fields()).hasSize(42);
        assertThat(named(spec, FieldType.CATEGORY))
                .containsExactlyInAnyOrder("f2", "f3", "f4", "f7", "f12", "f14", "f22");
        assertThat(named(spec, FieldType.IGNORED)).containsExactly("f42");
        assertThat(spec.fields()).noneMatch(Field::optional);

        TrainingData normal = TrainingData.read(file, spec, new Selection("f42", "normal.", 0), position -> {});

        assertThat(normal.rows().count()).isEqualTo(97_278);
        assertThat(normal.rows().numberColumns()).isEqualTo(34);
        assertThat(normal.vocabularies().get(0).values()).containsExactly("tcp", "udp", "icmp");
        assertThat(normal.unseenProbability()[0]).isEqualTo(1.0 / 97_280);
    }

    @Test
    void findsTheTimestampOfATimeSeries() {
        Path file = SharedData.file("nab/realTraffic/TravelTime_387.csv");

        RecordSpec spec =
                SpecFile.parse(SpecDraft.of(file, null, null, position -> {}).toYaml(), "drawn");

        assertThat(spec.fields())
                .containsExactly(Field.of("timestamp", FieldType.TIMESTAMP), Field.of("value", FieldType.NUMBER));
        assertThat(TrainingData.read(file, spec, Selection.ALL, position -> {})
                        .rows()
                        .count())
                .isEqualTo(2_500);
    }

    private static Set<String> named(RecordSpec spec, FieldType type) {
        return spec.fields().stream()
                .filter(field -> field.type() == type)
                .map(Field::name)
                .collect(Collectors.toSet());
    }
}

package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @TempDir
    private Path folder;

    @Test
    void theCommandLineGoesBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        Path file = file("""
                surprisal:
                  port: 1
                  kafka: {bootstrap.servers: 'file:1', security.protocol: SSL}
                  topic: of-file
                  model: of-file.onnx
                  threads: 3
                  alarm-rate: 1/500
                """);
        Map<String, String> environment = Map.of(
                "SURPRISAL_KAFKA_BOOTSTRAP_SERVERS", "environment:1",
                "SURPRISAL_MODEL", "of-environment.onnx",
                "SURPRISAL_PORT", "2",
                "HOME", "/nowhere");
        Map<String, String> commandLine = new HashMap<>();
        commandLine.put("port", "3");
        commandLine.put("model", null);

        Settings settings = new Settings(commandLine, environment, file);

        assertThat(settings.port()).isEqualTo(3);
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        Pipeline pipeline = settings.pipelines().get(0);
        assertThat(pipeline.topic()).isEqualTo("of-file");
        assertThat(pipeline.model()).isEqualTo(Path.of("of-environment.onnx"));
        assertThat(pipeline.threads()).isEqualTo(3);
        assertThat(pipeline.alarmRate()).hasToString("1/500");
        assertThat(pipeline.delivery()).isEqualTo(Delivery.EXACTLY_ONCE);
        assertThat(pipeline.kafka())
                .containsEntry("bootstrap.servers", "environment:1")
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void aFileHoldsSeveralPipelines() throws IOException {
        Path file = file("""
                surprisal:
                  kafka: {bootstrap.servers: 'k:1'}
                  pipelines:
                    a: {topic: ta, model: a.onnx, delivery: at-least-once}
                    b: {topic: tb, model: b.onnx}
                """);

        List<Pipeline> pipelines = new Settings(Map.of(), Map.of(), file).pipelines();

        assertThat(pipelines).extracting(Pipeline::name).containsExactly("a", "b");
        assertThat(pipelines.get(0).delivery()).isEqualTo(Delivery.AT_LEAST_ONCE);
    }

    @Test
    void whatIsWrongIsNamed() throws IOException {
        assertWrong("surprisal: {topik: x}", "unknown key 'surprisal.topik'");
        assertWrong("surprisal: {pipelines: {a: {topik: x}}}", "unknown key 'surprisal.pipelines.a.topik'");
        assertWrong("other: {topic: x}", "must be 'surprisal'");
        assertWrong("surprisal: [", "line 1: not YAML");
        assertWrong("surprisal: {kafka: {bootstrap.servers: k}, topic: t}", "there is no model");
        assertWrong("surprisal: {topic: t, model: m}", "there is no Kafka to connect to");
        assertWrong("surprisal: {port: 80}", "there is no topic to score");
        assertWrong("surprisal: {topic: t, model: m, threads: many}", "'many' is no value of threads");
        assertWrong("surprisal: {topic: t, model: m, delivery: twice}", "'twice' is no delivery");
        assertWrong("surprisal: {topic: t, model: m, alarm-rate: often}", "'often' is no alarm rate");
    }

    @Test
    void aPipelineInALogShowsNoSecret() {
        Pipeline pipeline = new Settings(
                        Map.of(
                                "topic", "t",
                                "model", "m",
                                "kafka.bootstrap.servers", "k:1",
                                "kafka.sasl.jaas.config", "password=hunter2"),
                        Map.of(),
                        null)
                .pipelines()
                .get(0);

        assertThat(pipeline.toString()).doesNotContain("hunter2");
    }

    private void assertWrong(String yaml, String message) throws IOException {
        Path file = file(yaml);
        assertThatThrownBy(() -> new Settings(Map.of(), Map.of(), file).pipelines())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining(message);
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("settings.yaml"), yaml);
    }
}

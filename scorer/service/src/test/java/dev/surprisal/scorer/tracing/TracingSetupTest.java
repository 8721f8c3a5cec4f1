package dev.surprisal.scorer.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TracingSetupTest {

    @Test
    void isOffUnlessTheEnvironmentSaysWhereTracesGo() {
        assertThat(isOn(Map.of())).isFalse();
        assertThat(isOn(Map.of("OTEL_SERVICE_NAME", "cards"))).isFalse();
        assertThat(isOn(Map.of("OTEL_TRACES_EXPORTER", "none", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")))
                .isFalse();
        assertThat(isOn(Map.of("OTEL_SDK_DISABLED", "true", "OTEL_TRACES_EXPORTER", "otlp")))
                .isFalse();
        assertThat(isOn(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", " "))).isFalse();
        assertThat(isOn(Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isTrue();
        assertThat(isOn(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")))
                .isTrue();
        assertThat(isOn(Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://collector:4318/v1/traces")))
                .isTrue();
    }

    private static boolean isOn(Map<String, String> environment) {
        return TracingSetup.isOn(environment::get);
    }
}

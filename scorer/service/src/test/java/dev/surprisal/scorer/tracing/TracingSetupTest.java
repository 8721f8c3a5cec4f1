package dev.surprisal.scorer.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.surprisal.scorer.stream.RecordTracing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.RecordMetadata;
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

    @Test
    void sendsTracesToACollectorAndNothingThatNobodyHasTraced() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            received.add(exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        System.setProperty(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort());
        try (RecordTracing tracing = TracingSetup.start()) {
            trace(tracing, new RecordHeaders(), "unasked");
            trace(
                    tracing,
                    new RecordHeaders()
                            .add(
                                    "traceparent",
                                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                                            .getBytes(StandardCharsets.UTF_8)),
                    "payments");
        } finally {
            System.clearProperty("otel.exporter.otlp.endpoint");
            collector.stop(0);
        }

        assertThat(received)
                .singleElement()
                .satisfies(sent -> assertThat(sent)
                        .startsWith("/v1/traces ")
                        .contains("service.name", "surprisal", "score payments")
                        .doesNotContain("unasked"));
    }

    private static void trace(RecordTracing tracing, Headers headers, String topic) {
        try (RecordTracing.Span span = tracing.begin(headers, new Place(topic), null, null)) {
            assertThat(span).isNotNull();
        }
    }

    private record Place(String topic) implements RecordMetadata {
        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 0;
        }
    }

    private static boolean isOn(Map<String, String> environment) {
        return TracingSetup.isOn(environment::get);
    }
}

package dev.surprisal.scorer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.tracing.OpenTelemetryTracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace that goes on through the scorer. */
class TracingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    /** Of one record: its own, and those of its steps. */
    private static final int SPANS = 4;

    private static final String ODD = "{\"amount\": 500, \"age\": 30, \"country\": \"FR\"}";

    @TempDir
    private Path folder;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();

    @Test
    void goesOnInWhatIsMadeOfARecord() throws Exception {
        try (TestBroker broker = TestBroker.start(folder)) {
            broker.create("payments", 1 << 20);
            Pipeline pipeline = new Pipeline(
                    "payments",
                    "payments",
                    TinyModel.write(folder.resolve("tiny.onnx")),
                    null,
                    Delivery.EXACTLY_ONCE,
                    1,
                    1 << 20,
                    Map.of("bootstrap.servers", broker.address()));
            OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                    .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                    .setTracerProvider(SdkTracerProvider.builder()
                            .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
                            .addSpanProcessor(SimpleSpanProcessor.create(spans))
                            .build())
                    .build();
            try (Scorer scorer =
                    Scorer.start("127.0.0.1", 0, List.of(pipeline), new OpenTelemetryTracing(sdk, sdk::close))) {
                assertThat(scorer.awaitReady(PATIENCE)).isTrue();
                broker.send(List.of(record(ODD, 1), record("not JSON", 2), record(ODD, 0)));

                List<ConsumerRecord<byte[], byte[]>> scores = broker.read("payments.scores", read -> read.size() >= 2);
                List<ConsumerRecord<byte[], byte[]>> flags =
                        broker.read("payments.anomalies", read -> read.size() >= 2);
                List<ConsumerRecord<byte[], byte[]>> letters =
                        broker.read("payments.dead-letters", read -> !read.isEmpty());

                await().atMost(PATIENCE)
                        .until(() -> spans.getFinishedSpanItems().size() == 2 * SPANS);
                SpanData ofFlag = span(1);
                assertThat(traceparent(scores.get(0))).isEqualTo(context(ofFlag));
                assertThat(traceparent(flags.get(0))).isEqualTo(context(ofFlag));
                assertThat(ofFlag.getParentSpanId()).isEqualTo("00000000000000a1");
                assertThat(ofFlag.getName()).isEqualTo("score payments");
                assertThat(ofFlag.getAttributes().get(AttributeKey.booleanKey("surprisal.anomaly")))
                        .isTrue();
                assertThat(ofFlag.getAttributes().get(AttributeKey.longKey("messaging.kafka.offset")))
                        .isZero();
                assertThat(ofFlag.getAttributes().asMap().values().toString()).doesNotContain("500");

                SpanData ofLetter = span(2);
                assertThat(traceparent(letters.get(0))).isEqualTo(context(ofLetter));
                assertThat(letters.get(0).headers().headers("traceparent")).hasSize(1);
                assertThat(ofLetter.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
                assertThat(ofLetter.getAttributes().get(AttributeKey.stringKey("surprisal.dead_letter.step")))
                        .isEqualTo("parse");

                stepsLieWithin(ofFlag);
                stepsLieWithin(ofLetter);

                // Nobody has the third traced.
                assertThat(scores.get(1).headers().lastHeader("traceparent")).isNull();
            }
        }
    }

    /** @param trace its number; 0 for none */
    private static ProducerRecord<byte[], byte[]> record(String value, int trace) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("payments", 0, "k".getBytes(UTF_8), value.getBytes(UTF_8));
        if (trace > 0) {
            String context = "00-0000000000000000000000000000000" + trace + "-00000000000000a" + trace + "-01";
            record.headers().add("traceparent", context.getBytes(UTF_8));
        }
        return record;
    }

    private SpanData span(int trace) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getTraceId().endsWith(Integer.toString(trace)))
                .filter(span -> span.getName().equals("score payments"))
                .findFirst()
                .orElseThrow();
    }

    /** From the poll on: the batch's parsing and scoring, one after the other, then what is sent. */
    private void stepsLieWithin(SpanData whole) {
        long at = whole.getStartEpochNanos();
        for (String name : List.of("parse batch", "score batch", "emit")) {
            List<SpanData> found = spans.getFinishedSpanItems().stream()
                    .filter(span -> span.getParentSpanId().equals(whole.getSpanId())
                            && span.getName().equals(name))
                    .toList();
            assertThat(found).as(name).hasSize(1);
            SpanData step = found.get(0);
            assertThat(step.getTraceId()).isEqualTo(whole.getTraceId());
            assertThat(step.getStartEpochNanos()).as(name).isGreaterThanOrEqualTo(at);
            assertThat(step.getEndEpochNanos()).as(name).isGreaterThan(step.getStartEpochNanos());
            if (!name.equals("emit")) {
                assertThat(step.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
                        .isBetween(1L, 3L);
            }
            at = step.getEndEpochNanos();
        }
        assertThat(whole.getEndEpochNanos()).isGreaterThanOrEqualTo(at);
    }

    private static String context(SpanData span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-01";
    }

    private static String traceparent(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader("traceparent");
        return header == null ? null : new String(header.value(), UTF_8);
    }
}

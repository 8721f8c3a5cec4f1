package dev.surprisal.scorer.tracing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.surprisal.engine.Verdict;
import dev.surprisal.scorer.stream.BatchTimes;
import dev.surprisal.scorer.stream.Outcome;
import dev.surprisal.scorer.stream.RecordTracing;
import dev.surprisal.scorer.stream.ScoredRecord;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans of records for OpenTelemetry, by its conventions for messaging: each continues the trace in the record's headers, and scores, anomalies and dead letters continue it in theirs.
 *
 * <p>A record's span runs from the poll of its batch until what is made of it is handed to the producer. Below it are the times of the batch, parsed and scored in one go, and what was done with the record alone.
 * Times within a span are differences of {@link System#nanoTime()}, so that a clock that is set does not turn them round.
 *
 * <p>What is on a span is of bounded size, and nothing of the record's value.
 */
public final class OpenTelemetryTracing implements RecordTracing {

    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetryTracing.class);

    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.type");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("surprisal.model");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("surprisal.model.version");
    private static final AttributeKey<Double> SURPRISE = AttributeKey.doubleKey("surprisal.surprise");
    private static final AttributeKey<Boolean> ANOMALY = AttributeKey.booleanKey("surprisal.anomaly");
    private static final AttributeKey<String> STEP = AttributeKey.stringKey("surprisal.dead_letter.step");
    private static final AttributeKey<Long> BATCH = AttributeKey.longKey("messaging.batch.message_count");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    /** The sizes of what is sent are known before its context is: what does not fit into what is left for it stays out. */
    private static final int MOST_HEADER_CHARACTERS = 256;

    private static final TextMapGetter<Headers> READ = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
            return Arrays.stream(headers.toArray()).map(Header::key).toList();
        }

        @Override
        public String get(Headers headers, String key) {
            Header last = headers == null ? null : headers.lastHeader(key);
            return last == null || last.value() == null ? null : new String(last.value(), StandardCharsets.UTF_8);
        }
    };

    private static final TextMapSetter<Headers> WRITE = (headers, key, value) -> {
        headers.remove(key);
        if (value.length() <= MOST_HEADER_CHARACTERS) {
            headers.add(key, value.getBytes(StandardCharsets.UTF_8));
        }
    };

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Runnable closing;

    /** @param closing called once nothing is traced any more */
    public OpenTelemetryTracing(OpenTelemetry telemetry, Runnable closing) {
        tracer = telemetry.getTracer("dev.surprisal");
        propagator = telemetry.getPropagators().getTextMapPropagator();
        this.closing = closing;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // by the span, which the caller closes
    public Span begin(Headers incoming, RecordMetadata source, ScoredRecord scored, BatchTimes times) {
        try {
            Time now = Time.now();
            Context parent = propagator.extract(Context.root(), incoming, READ);
            SpanBuilder builder = tracer.spanBuilder("score " + source.topic())
                    .setParent(parent)
                    .setSpanKind(SpanKind.CONSUMER)
                    .setAttribute(SYSTEM, "kafka")
                    .setAttribute(OPERATION, "process")
                    .setAttribute(TOPIC, source.topic())
                    .setAttribute(PARTITION, Integer.toString(source.partition()))
                    .setAttribute(OFFSET, source.offset())
                    .setStartTimestamp(now.at(times == null ? now.nanos : times.polled()), NANOSECONDS);
            var span = builder.startSpan();
            if (!span.getSpanContext().isSampled()
                    && !io.opentelemetry.api.trace.Span.fromContext(parent)
                            .getSpanContext()
                            .isValid()) {
                // Neither the sender nor the sampler wants it: what is made of it needs no context either.
                return OFF.begin(incoming, source, scored, times);
            }
            Context context = parent.with(span);
            if (span.isRecording() && times != null) {
                step("parse batch", context, times, now.at(times.begun()), now.at(times.parsed()));
                step("score batch", context, times, now.at(times.parsed()), now.at(times.scored()));
            }
            if (scored != null && span.isRecording()) {
                describe(span, scored);
            }
            var emit = span.isRecording()
                    ? tracer.spanBuilder("emit")
                            .setParent(context)
                            .setStartTimestamp(now.at(now.nanos), NANOSECONDS)
                            .startSpan()
                    : io.opentelemetry.api.trace.Span.getInvalid();
            return new Running(span, emit, now, context.makeCurrent());
        } catch (RuntimeException e) {
            LOG.warn("a record is not traced: {}", e.getMessage());
            return OFF.begin(incoming, source, scored, times);
        }
    }

    /** A step that the record went through with all of its batch. */
    private void step(String name, Context of, BatchTimes times, long from, long to) {
        tracer.spanBuilder(name)
                .setParent(of)
                .setAttribute(BATCH, (long) times.records())
                .setStartTimestamp(from, NANOSECONDS)
                .startSpan()
                .end(to, NANOSECONDS);
    }

    private static void describe(io.opentelemetry.api.trace.Span span, ScoredRecord scored) {
        span.setAttribute(MODEL, scored.model().card().name());
        span.setAttribute(VERSION, scored.model().card().version());
        if (scored.outcome() instanceof Outcome.Scored some) {
            Verdict verdict = some.verdict();
            span.setAttribute(SURPRISE, verdict.surprise());
            span.setAttribute(ANOMALY, verdict.anomaly());
        } else if (scored.outcome() instanceof Outcome.Refused refused) {
            span.setAttribute(STEP, refused.step().name().toLowerCase(Locale.ROOT));
            span.setAttribute(ERROR, refused.exception());
            span.setStatus(StatusCode.ERROR);
        }
    }

    @Override
    public void continueIn(Headers outgoing) {
        try {
            Context now = Context.current();
            if (io.opentelemetry.api.trace.Span.fromContext(now)
                    .getSpanContext()
                    .isValid()) {
                propagator.inject(now, outgoing, WRITE);
            }
        } catch (RuntimeException e) {
            LOG.warn("what is sent goes without its trace: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closing.run();
    }

    /**
     * A moment by both clocks.
     *
     * @param epoch nanoseconds since 1970-01-01T00:00Z
     * @param nanos by {@link System#nanoTime()}
     */
    private record Time(long epoch, long nanos) {
        static Time now() {
            Instant now = Instant.now();
            return new Time(TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano(), System.nanoTime());
        }

        /** Another moment since the epoch. */
        long at(long other) {
            return epoch + other - nanos;
        }
    }

    private record Running(
            io.opentelemetry.api.trace.Span span, io.opentelemetry.api.trace.Span emit, Time begun, Scope scope)
            implements Span {
        @Override
        public void failed(RuntimeException e) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(ERROR, e.getClass().getName());
        }

        @Override
        public void close() {
            scope.close();
            long end = begun.at(System.nanoTime());
            emit.end(end, NANOSECONDS);
            span.end(end, NANOSECONDS);
        }
    }
}

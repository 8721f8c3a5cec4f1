package dev.surprisal.scorer.tracing;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.RecordTracing;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Tracing as the environment has it, by OpenTelemetry's own variables; off unless one of them says where traces go. */
public final class TracingSetup {

    private static final long PATIENCE_SECONDS = 3;

    /**
     * What holds where the environment says nothing else: traces are the only signal, and only of records whose sender has them traced, since each record of a stream would be too many. The exporter speaks
     * HTTP: gRPC would be 3 MB of libraries more.
     */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "surprisal",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.propagators", "tracecontext",
            "otel.traces.sampler", "parentbased_always_off",
            "otel.exporter.otlp.protocol", "http/protobuf");

    private TracingSetup() {}

    /**
     * Tracing by the environment of this process.
     *
     * @throws SurprisalException if it is on and cannot be set up as it says
     */
    public static RecordTracing ofEnvironment() {
        return isOn(System::getenv) ? start() : RecordTracing.OFF;
    }

    /** @param environment a variable's value, or null */
    static boolean isOn(UnaryOperator<String> environment) {
        if ("true".equalsIgnoreCase(environment.apply("OTEL_SDK_DISABLED"))) {
            return false;
        }
        String exporter = environment.apply("OTEL_TRACES_EXPORTER");
        if (exporter != null && !exporter.isBlank()) {
            return !exporter.strip().equals("none");
        }
        return isSet(environment.apply("OTEL_EXPORTER_OTLP_ENDPOINT"))
                || isSet(environment.apply("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"));
    }

    private static boolean isSet(String value) {
        return value != null && !value.isBlank();
    }

    /** By OpenTelemetry's variables, or its system properties. */
    static RecordTracing start() {
        try {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesSupplier(() -> DEFAULTS)
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
            return new OpenTelemetryTracing(sdk, () -> sdk.shutdown().join(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ConfigurationException e) {
            throw new SurprisalException("tracing cannot be set up: " + e.getMessage(), e);
        }
    }
}

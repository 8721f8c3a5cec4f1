package dev.surprisal.scorer.ops;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.reactivestreams.Publisher;

/** The health of the pipelines, with the state of each. Neither answer waits for Kafka. */
final class PipelinesHealth {

    private PipelinesHealth() {}

    /** Alive: no pipeline has died. A process that is not should be started again. */
    @Singleton
    @Liveness
    static final class Alive implements HealthIndicator {
        private final Pipelines pipelines;

        Alive(Pipelines pipelines) {
            this.pipelines = pipelines;
        }

        @Override
        public Publisher<HealthResult> getResult() {
            return result("pipelines-alive", pipelines, pipelines.areAlive());
        }
    }

    /** Ready: every pipeline has its model loaded and its streams running; not while they are rebalancing. */
    @Singleton
    @Readiness
    static final class Ready implements HealthIndicator {
        private final Pipelines pipelines;

        Ready(Pipelines pipelines) {
            this.pipelines = pipelines;
        }

        @Override
        public Publisher<HealthResult> getResult() {
            return result("pipelines-ready", pipelines, pipelines.areReady());
        }
    }

    private static Publisher<HealthResult> result(String name, Pipelines pipelines, boolean up) {
        Map<String, Object> details = new LinkedHashMap<>();
        pipelines.all().forEach(pipeline -> {
            Map<String, Object> state = new LinkedHashMap<>();
            state.put("topic", pipeline.pipeline().topic());
            state.put("state", pipeline.state());
            state.put(
                    "model",
                    pipeline.model()
                            .map(card -> card.name() + " " + card.version())
                            .orElse("none"));
            if (pipeline.failure() != null) {
                state.put("failure", pipeline.failure());
            }
            details.put(pipeline.pipeline().name(), state);
        });
        return Publishers.just(HealthResult.builder(name)
                .status(up ? HealthStatus.UP : HealthStatus.DOWN)
                .details(details)
                .build());
    }
}

package dev.surprisal.scorer.cli;

import dev.surprisal.scorer.access.Access;
import java.util.HashMap;
import java.util.Map;

/** How the HTTP server is set up, in Micronaut's properties. */
final class HttpProperties {

    /** As large as a record may be by default. */
    private static final long MOST_BODY_BYTES = 1 << 20;

    private HttpProperties() {}

    /** Endpoints of Micronaut other than health and metrics are off. */
    static Map<String, Object> of(Access access) {
        Map<String, Object> all = new HashMap<>();
        all.put("micronaut.application.name", "surprisal");
        all.put("micronaut.server.host", access.host());
        all.put("micronaut.server.port", access.port() == 0 ? -1 : access.port());
        // A stop waits until the port is free; a quiet time on it would only make it longer.
        all.put("micronaut.server.netty.parent.shutdown-quiet-period", "0s");
        all.put("micronaut.server.netty.parent.shutdown-timeout", "1s");
        all.put("micronaut.server.max-request-size", MOST_BODY_BYTES);
        all.put("jackson.property-naming-strategy", "SNAKE_CASE");
        all.put("jackson.serialization-inclusion", "NON_NULL");
        all.put("jackson.serialization.writeDatesAsTimestamps", false);
        all.put("endpoints.all.enabled", false);
        all.put("endpoints.health.enabled", true);
        all.put("endpoints.health.sensitive", false);
        all.put("endpoints.health.disk-space.enabled", false);
        all.put("endpoints.prometheus.enabled", true);
        all.put("endpoints.prometheus.sensitive", false);
        all.putAll(access.properties());
        staticFiles(all, "dashboard", "/**", "classpath:dashboard");
        staticFiles(all, "swagger", "/swagger/**", "classpath:META-INF/swagger");
        staticFiles(all, "swagger-ui", "/webjars/**", "classpath:META-INF/resources/webjars");
        return all;
    }

    private static void staticFiles(Map<String, Object> all, String name, String mapping, String folder) {
        String prefix = "micronaut.router.static-resources." + name + ".";
        all.put(prefix + "enabled", true);
        all.put(prefix + "mapping", mapping);
        all.put(prefix + "paths", folder);
    }
}

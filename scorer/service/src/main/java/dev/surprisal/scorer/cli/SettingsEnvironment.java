package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.LogFormat;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings from environment variables: {@code SURPRISAL_}, the key in capitals, with underscores for dots and dashes.
 *
 * <p>For example {@code SURPRISAL_ALARM_RATE}, {@code SURPRISAL_KAFKA_BOOTSTRAP_SERVERS}, {@code SURPRISAL_PIPELINES_LOGINS_ALARM_RATE}.
 */
final class SettingsEnvironment {

    private static final Logger LOG = LoggerFactory.getLogger(SettingsEnvironment.class);
    private static final String PREFIX = "SURPRISAL_";
    private static final String KAFKA = "KAFKA_";
    private static final String PIPELINES = "PIPELINES_";

    private SettingsEnvironment() {}

    /**
     * The settings among environment variables, by key.
     *
     * @param pipelines the names that are known from elsewhere, so that {@code MY_LOGINS} is found to be {@code my.logins}
     */
    static Map<String, String> read(Map<String, String> environment, Collection<String> pipelines) {
        Map<String, String> settings = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(PREFIX)
                    && !variable.equals(LogFormat.VARIABLE)
                    && !isOfKubernetes(variable, value)) {
                String key = key(variable.substring(PREFIX.length()), pipelines);
                if (key == null) {
                    LOG.warn("the environment variable {} is no setting, and is passed over", variable);
                } else {
                    settings.put(key, value);
                }
            }
        });
        return settings;
    }

    /** Kubernetes sets such variables in every container beside a service that is called surprisal. */
    private static boolean isOfKubernetes(String variable, String value) {
        return variable.startsWith(PREFIX + "SERVICE_")
                || variable.startsWith(PREFIX + "PORT_")
                || (variable.equals(PREFIX + "PORT") && value.contains("://"));
    }

    private static String key(String name, Collection<String> pipelines) {
        if (Settings.KEYS.contains(dashed(name))) {
            return dashed(name);
        }
        if (name.startsWith(KAFKA)) {
            return Settings.KAFKA
                    + name.substring(KAFKA.length()).toLowerCase(Locale.ROOT).replace('_', '.');
        }
        if (name.startsWith(PIPELINES)) {
            return ofPipeline(name.substring(PIPELINES.length()), pipelines);
        }
        String key = dashed(name);
        return Settings.PIPELINE_KEYS.contains(key) ? key : null;
    }

    private static String ofPipeline(String name, Collection<String> pipelines) {
        for (String key : Settings.PIPELINE_KEYS) {
            String ending = "_" + capitals(key);
            if (name.endsWith(ending) && name.length() > ending.length()) {
                String wanted = name.substring(0, name.length() - ending.length());
                String pipeline = pipelines.stream()
                        .filter(known -> capitals(known).equals(wanted))
                        .findFirst()
                        .orElse(dashed(wanted));
                return Settings.PIPELINES + pipeline + "." + key;
            }
        }
        return null;
    }

    private static String dashed(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String capitals(String key) {
        return key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }
}

package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.access.IdentityProvider;
import dev.surprisal.scorer.format.EventFormat;
import dev.surprisal.scorer.incident.IncidentGap;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.silence.SilenceRate;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.Watches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the scorer is to do, from the command line, the environment and a file, in this order of precedence.
 *
 * <p>Keys, below {@code surprisal} in the file: {@code host}, {@code port}, {@code instance}; {@code tokens}, {@code without-authentication}, {@code requests-per-second}, {@code oidc-issuer}, {@code oidc-client-id}, {@code oidc-client-secret} and {@code oidc-claim} for who may use the HTTP API; {@code kafka.<property>} for any property of Kafka's clients, or {@code kafka-file} for a file of them; {@code topic} or
 * {@code topic-pattern}, {@code model}, {@code shadow}, {@code model-key}, {@code alarm-rate}, {@code delivery}, {@code threads}, {@code max-record-bytes}, {@code scores}, {@code full-scores}, {@code incidents}, {@code drift-window}, {@code silences}, {@code event-format} of one pipeline, and its {@code name}; or {@code pipelines.<name>.<key>} for several. A key of one pipeline on
 * the command line or in the environment goes to the one that the file names, if it names one.
 */
final class Settings {

    static final String HOST = "host";
    static final String PORT = "port";
    static final String INSTANCE = "instance";
    /** Of one pipeline that has none in the file. */
    static final String NAME = "name";

    static final String TOKENS = "tokens";
    static final String WITHOUT_AUTHENTICATION = "without-authentication";
    static final String KAFKA_FILE = "kafka-file";
    private static final String REQUESTS_PER_SECOND = "requests-per-second";
    private static final String OIDC_ISSUER = "oidc-issuer";
    private static final String OIDC_CLIENT_ID = "oidc-client-id";
    private static final String OIDC_CLIENT_SECRET = "oidc-client-secret";
    private static final String OIDC_CLAIM = "oidc-claim";

    static final Set<String> KEYS = new TreeSet<>(Set.of(
            HOST,
            PORT,
            INSTANCE,
            NAME,
            TOKENS,
            WITHOUT_AUTHENTICATION,
            REQUESTS_PER_SECOND,
            KAFKA_FILE,
            OIDC_ISSUER,
            OIDC_CLIENT_ID,
            OIDC_CLIENT_SECRET,
            OIDC_CLAIM));
    static final String KAFKA = "kafka.";
    static final String PIPELINES = "pipelines.";
    static final Set<String> PIPELINE_KEYS = new TreeSet<>(Set.of(
            "topic",
            "topic-pattern",
            "name",
            "model",
            "shadow",
            "model-key",
            "alarm-rate",
            "delivery",
            "threads",
            "max-record-bytes",
            "scores",
            "full-scores",
            "incidents",
            "drift-window",
            "silences",
            "event-format"));

    private final Map<String, String> values = new TreeMap<>();

    /**
     * Merges the sources.
     *
     * @param commandLine keys as above; null values are passed over
     * @param environment the process's variables
     * @param file may be null
     */
    Settings(Map<String, String> commandLine, Map<String, String> environment, Path file) {
        if (file != null) {
            values.putAll(SettingsFile.read(file));
        }
        merge(SettingsEnvironment.read(environment, names()), "the environment");
        merge(commandLine, "the command line");
    }

    private void merge(Map<String, String> source, String from) {
        Set<String> names = names();
        source.forEach((key, value) -> {
            if (value == null) {
                return;
            }
            if (!PIPELINE_KEYS.contains(key) || names.isEmpty()) {
                values.put(key, value);
            } else if (names.size() == 1) {
                values.put(PIPELINES + names.iterator().next() + "." + key, value);
            } else {
                throw new SurprisalException(from + " sets " + key + ", but for which of the pipelines "
                        + String.join(", ", names) + "? Set it in the file, below pipelines.<name>");
            }
        });
    }

    /** The pipelines that the file names. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            if (key.startsWith(PIPELINES)) {
                names.add(key.substring(PIPELINES.length(), key.lastIndexOf('.')));
            }
        }
        return names;
    }

    /** Sets a key of all pipelines that do not have it. */
    Settings orElse(String key, String value) {
        Set<String> names = names();
        if (names.isEmpty()) {
            values.putIfAbsent(key, value);
        }
        names.forEach(name -> values.putIfAbsent(PIPELINES + name + "." + key, value));
        return this;
    }

    String host() {
        return values.getOrDefault(HOST, "127.0.0.1");
    }

    /** 0 = any that is free. */
    int port() {
        int port = integer(PORT, values.getOrDefault(PORT, "8080"));
        if (port < 0 || port > 65_535) {
            throw new SurprisalException(
                    "port " + port + " does not exist; ports go from 0 (any that is free) to 65535");
        }
        return port;
    }

    /** Where the HTTP server listens, and whom it lets in. */
    Access access() {
        String issuer = values.get(OIDC_ISSUER);
        Path tokens = path(TOKENS);
        return new Access(
                host(),
                port(),
                tokens == null ? ApiTokens.NONE : ApiTokens.read(tokens),
                issuer == null
                        ? null
                        : new IdentityProvider(
                                issuer,
                                values.get(OIDC_CLIENT_ID),
                                values.get(OIDC_CLIENT_SECRET),
                                values.getOrDefault(OIDC_CLAIM, IdentityProvider.USUAL_CLAIM)),
                truth(WITHOUT_AUTHENTICATION, values.getOrDefault(WITHOUT_AUTHENTICATION, "false")),
                integer(
                        REQUESTS_PER_SECOND,
                        values.getOrDefault(REQUESTS_PER_SECOND, Integer.toString(Access.USUAL_REQUESTS_PER_SECOND))));
    }

    List<Pipeline> pipelines() {
        Set<String> names = names();
        List<Pipeline> pipelines = new ArrayList<>();
        String input = values.getOrDefault("topic", values.get("topic-pattern"));
        if (input != null) {
            if (!names.isEmpty()) {
                throw new SurprisalException("there is a topic, " + input + ", and there are pipelines, "
                        + String.join(", ", names) + "; set either one topic or pipelines");
            }
            String name = values.getOrDefault(NAME, values.get("topic"));
            if (name == null) {
                throw new SurprisalException("topics by a pattern need a name for their output topics; set --name");
            }
            pipelines.add(pipeline(name, ""));
        } else if (names.isEmpty()) {
            throw new SurprisalException(
                    "there is no topic to score; name one with --topic, or pipelines in a file with --config");
        }
        names.forEach(name -> pipelines.add(pipeline(name, PIPELINES + name + ".")));
        Map<String, String> scoredBy = new TreeMap<>();
        for (Pipeline pipeline : pipelines) {
            String records = pipeline.topics().records();
            String other = scoredBy.put(records, pipeline.name());
            if (other != null) {
                throw new SurprisalException("the pipelines '" + other + "' and '" + pipeline.name()
                        + "' both score the topic '" + records + "', and their scores would mix");
            }
        }
        return pipelines;
    }

    /** The properties of the connection to Kafka. */
    Map<String, String> kafka() {
        Map<String, String> kafka = connection();
        if (!kafka.containsKey("bootstrap.servers")) {
            throw new SurprisalException(
                    "there is no Kafka to connect to; set --bootstrap-servers, such as localhost:9092");
        }
        return kafka;
    }

    private Map<String, String> connection() {
        Map<String, String> kafka = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(KAFKA)) {
                kafka.put(key.substring(KAFKA.length()), value);
            }
        });
        return KafkaProperties.of(path(KAFKA_FILE), kafka);
    }

    private Pipeline pipeline(String name, String prefix) {
        String model = values.get(prefix + "model");
        String rate = values.get(prefix + "alarm-rate");
        String incidents = values.get(prefix + "incidents");
        String silences = values.get(prefix + "silences");
        Emission emission = Emission.of(
                values.getOrDefault(prefix + "scores", "all"),
                truth("full-scores", values.getOrDefault(prefix + "full-scores", "false")));
        return new Pipeline(
                name,
                values.get(prefix + "topic"),
                values.get(prefix + "topic-pattern"),
                model == null ? null : ModelSource.parse(model, path(prefix + "shadow"), path(prefix + "model-key")),
                rate == null ? null : AlarmRule.parse(rate),
                Delivery.parse(values.getOrDefault(prefix + "delivery", "exactly-once")),
                integer("threads", values.getOrDefault(prefix + "threads", "1")),
                integer(
                        "max-record-bytes",
                        values.getOrDefault(
                                prefix + "max-record-bytes", Integer.toString(Pipeline.USUAL_MAX_RECORD_BYTES))),
                values.get(INSTANCE),
                connection(),
                emission,
                new Watches(
                        incidents == null ? IncidentGap.USUAL : IncidentGap.parse(incidents),
                        drift(values.get(prefix + "drift-window")),
                        silences == null ? SilenceRate.USUAL : SilenceRate.parse(silences)),
                EventFormat.parse(values.getOrDefault(prefix + "event-format", "json")));
    }

    private Path path(String key) {
        String path = values.get(key);
        return path == null ? null : Path.of(path);
    }

    private static DriftOptions drift(String window) {
        if (window == null) {
            return DriftOptions.USUAL;
        }
        return window.equals("off") ? DriftOptions.OFF : new DriftOptions(integer("drift-window", window));
    }

    private static boolean truth(String key, String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new SurprisalException("'" + text + "' is no value of " + key + "; it takes true or false");
        }
        return text.equals("true");
    }

    private static int integer(String key, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new SurprisalException("'" + text + "' is no value of " + key + "; it takes a whole number", e);
        }
    }
}

package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * The properties of the connection to Kafka: those of a file as Kafka's own tools take it, and over them those that are set one by one.
 *
 * <p>A value may stand elsewhere, by Kafka's own means: {@code ${env:NAME}} in the environment, {@code ${file:/path:key}} in another file of properties, {@code ${directory:/path:name}} in
 * a file of that name, as Kubernetes mounts secrets. The clients look there themselves, so that such values are never in the settings.
 */
final class KafkaProperties {

    private static final String PROVIDERS = "config.providers";
    /** Kafka asks no other addresses for tokens or keys than this system property allows. */
    private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";

    private static final Set<String> URLS =
            Set.of("sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.jwks.endpoint.url");

    private KafkaProperties() {}

    /**
     * Puts them together.
     *
     * @param file may be null
     * @param own come before those of the file
     * @throws SurprisalException if the file cannot be read
     */
    static Map<String, String> of(Path file, Map<String, String> own) {
        Map<String, String> all = new TreeMap<>();
        if (file != null) {
            read(file).forEach((key, value) -> all.put((String) key, (String) value));
        }
        all.putAll(own);
        if (!all.containsKey(PROVIDERS)
                && all.values().stream().anyMatch(value -> value.matches("(?s).*\\$\\{(env|file|directory):.*"))) {
            all.put(PROVIDERS, "env,file,directory");
            all.put(PROVIDERS + ".env.class", EnvVarConfigProvider.class.getName());
            all.put(PROVIDERS + ".file.class", FileConfigProvider.class.getName());
            all.put(PROVIDERS + ".directory.class", DirectoryConfigProvider.class.getName());
        }
        URLS.stream().filter(all::containsKey).forEach(key -> allow(all.get(key)));
        return all;
    }

    /** Whoever writes the settings says where tokens come from; to say it twice would be no safer. */
    private static void allow(String url) {
        Set<String> allowed =
                new TreeSet<>(Set.of(System.getProperty(ALLOWED_URLS, "").split(",")));
        allowed.remove("");
        allowed.add(url);
        System.setProperty(ALLOWED_URLS, String.join(",", allowed));
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            properties.load(text);
            return properties;
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such file of Kafka's properties", e);
        } catch (IllegalArgumentException e) {
            // The message may hold a piece of the file.
            throw new SurprisalException(file + ": not a file of properties: it has a malformed \\u escape", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

package dev.surprisal.scorer.format;

import dev.surprisal.schemas.SurprisalException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Where a schema registry is and how it is spoken to, by the properties that serialisers of Kafka's clients take, beside those of Kafka:
 *
 * <ul>
 *   <li>{@value #URL}: one URL, or several by comma, which are tried in turn
 *   <li>{@value #USER_INFO}: USER:PASSWORD, for basic authentication; or {@value #TOKEN}
 *   <li>{@value #SSL}{@code ssl.truststore.location} and so on, for https: as Kafka's own properties without {@value #SSL}, stores and PEM
 *   <li>{@value #REGISTER}: false where schemas may not be put there by this program, but have to be there
 * </ul>
 *
 * @param urls without a slash at the end
 * @param authorisation the value of that header, a secret
 * @param mayRegister whether schemas may be put there
 * @param client that speaks to it
 */
record RegistryConnection(List<URI> urls, Optional<String> authorisation, boolean mayRegister, HttpClient client) {

    static final String URL = "schema.registry.url";
    static final String USER_INFO = "basic.auth.user.info";
    static final String TOKEN = "bearer.auth.token";
    static final String REGISTER = "auto.register.schemas";
    static final String SSL = "schema.registry.";

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /**
     * The connection among Kafka's properties; empty where there is no registry.
     *
     * @throws SurprisalException if it cannot be right
     */
    static Optional<RegistryConnection> of(Map<String, String> properties) {
        Map<String, String> kafka = resolved(properties);
        String urls = kafka.get(URL);
        if (urls == null || urls.isBlank()) {
            return Optional.empty();
        }
        HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(PATIENCE);
        List<URI> parsed =
                Arrays.stream(urls.split(",")).map(RegistryConnection::url).toList();
        if (parsed.stream().anyMatch(url -> url.getScheme().equals("https"))) {
            client.sslContext(ssl(kafka));
        }
        return Optional.of(new RegistryConnection(
                parsed, authorisation(kafka), !"false".equals(kafka.get(REGISTER)), client.build()));
    }

    /** With values that stand elsewhere, as Kafka's clients look there. */
    private static Map<String, String> resolved(Map<String, String> properties) {
        if (!properties.containsKey(URL)) {
            return properties;
        }
        try {
            return new AbstractConfig(new ConfigDef(), properties, false).originalsStrings();
        } catch (KafkaException e) {
            throw new SurprisalException("the properties of the schema registry cannot be read: " + e.getMessage(), e);
        }
    }

    private static URI url(String text) {
        try {
            URI url = URI.create(text.strip().replaceAll("/+$", ""));
            if (url.getUserInfo() != null) {
                throw new SurprisalException(
                        URL + " has a user in it; set " + USER_INFO + " instead, which is not shown in logs");
            }
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // Below.
        }
        throw new SurprisalException(
                URL + " is no URL such as http://registry:8080/apis/ccompat/v7, or several by comma");
    }

    private static Optional<String> authorisation(Map<String, String> kafka) {
        String user = kafka.get(USER_INFO);
        String token = kafka.get(TOKEN);
        if (user != null && token != null) {
            throw new SurprisalException("there are " + USER_INFO + " and " + TOKEN + "; set one of them");
        }
        if (user != null) {
            return Optional.of("Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        }
        return Optional.ofNullable(token).map(value -> "Bearer " + value);
    }

    private static SSLContext ssl(Map<String, String> kafka) {
        ConfigDef known = new ConfigDef();
        SslConfigs.addClientSslSupport(known);
        Map<String, String> own = new HashMap<>();
        kafka.forEach((key, value) -> {
            if (key.startsWith(SSL + "ssl.")) {
                own.put(key.substring(SSL.length()), value);
            }
        });
        try (DefaultSslEngineFactory factory = new DefaultSslEngineFactory()) {
            factory.configure(known.parse(own));
            return factory.sslContext();
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new SurprisalException(
                    "the schema registry's TLS cannot be set up from " + SSL + "ssl.*: " + cause.getMessage(), e);
        }
    }

    /** Its URLs, as messages show them. */
    String shown() {
        return urls.size() == 1 ? urls.get(0).toString() : urls.toString();
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return shown();
    }
}

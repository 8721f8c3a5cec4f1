package dev.surprisal.scorer.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.surprisal.schemas.event.EventAvro;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordException.Step;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry, by the HTTP API of Confluent's, which Apicurio and others have too. For all threads.
 *
 * <p>A schema never changes under its id, so what was asked once is known for good: also while the registry is away. What it does not have is asked again after {@value #FORGET_SECONDS} s.
 */
final class SchemaRegistry {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

    private static final JsonMapper JSON = new JsonMapper();
    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int FORGET_SECONDS = 30;
    private static final int MOST_UNKNOWN = 10_000;
    private static final int MOST_REFERENCES = 100;
    private static final int NO_SUBJECT = 40401;
    private static final int NO_VERSION = 40402;
    private static final int NO_SCHEMA = 40403;

    private final RegistryConnection connection;
    private final Map<Integer, Schema> known = new ConcurrentHashMap<>();
    private final Map<String, Integer> registered = new ConcurrentHashMap<>();
    /** When it was told that the registry does not have them, or nothing that can be used. */
    private final Map<Integer, Unknown> unknown = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Unknown> eldest) {
            return size() > MOST_UNKNOWN;
        }
    };

    private record Unknown(String why, long sinceNanos) {}

    SchemaRegistry(RegistryConnection connection) {
        this.connection = connection;
    }

    /**
     * The schema of an id.
     *
     * @throws RecordException if the registry does not have it, or it is no Avro schema
     * @throws RegistryException if it cannot be asked
     */
    Schema schema(int id) {
        Schema schema = known.get(id);
        if (schema != null) {
            return schema;
        }
        checkUnknown(id);
        try {
            JsonNode answer = get("/schemas/ids/" + id, "schema " + id);
            schema = parse(answer, new Schema.Parser(), new int[] {MOST_REFERENCES}, "schema " + id);
        } catch (RecordException e) {
            synchronized (unknown) {
                unknown.put(id, new Unknown(e.getMessage(), System.nanoTime()));
            }
            throw e;
        }
        LOG.info("schema {} of {} is {}", id, connection.shown(), schema.getFullName());
        known.put(id, schema);
        return schema;
    }

    private void checkUnknown(int id) {
        synchronized (unknown) {
            Unknown since = unknown.get(id);
            if (since == null) {
                return;
            }
            if (System.nanoTime() - since.sinceNanos
                    < Duration.ofSeconds(FORGET_SECONDS).toNanos()) {
                throw new RecordException(Step.PARSE, since.why);
            }
            unknown.remove(id);
        }
    }

    /** A schema with those that it names, which stand under subjects of their own. */
    private Schema parse(JsonNode answer, Schema.Parser parser, int[] references, String what) {
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new RecordException(Step.PARSE, what + " in the registry is of type " + type + ", not AVRO");
        }
        for (JsonNode reference : answer.path("references")) {
            if (references[0]-- == 0) {
                throw new RecordException(Step.PARSE, what + " in the registry refers to too many others");
            }
            String subject = reference.path("subject").asText();
            if (!parser.getTypes().containsKey(reference.path("name").asText())) {
                String path = "/subjects/" + encoded(subject) + "/versions/"
                        + reference.path("version").asInt();
                parse(get(path, what), parser, references, what);
            }
        }
        try {
            return parser.parse(answer.path("schema").asText());
        } catch (AvroRuntimeException e) {
            throw new RecordException(Step.PARSE, what + " in the registry is no Avro schema: " + e.getMessage(), e);
        }
    }

    /**
     * The id of an event's schema under a subject, where it is put if it is not there yet.
     *
     * @throws RegistryException if the registry cannot be asked, or refuses
     */
    int register(String subject, Schema schema) {
        Integer id = registered.get(subject);
        if (id == null) {
            ObjectNode body = JSON.createObjectNode();
            body.put("schema", EventAvro.published(schema).toString());
            String path = "/subjects/" + encoded(subject) + (connection.mayRegister() ? "/versions" : "");
            HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(), path, body.toString());
            if (answer.statusCode() != 200) {
                throw refused(answer, "schema " + schema.getFullName() + " under subject " + subject);
            }
            id = json(answer).path("id").asInt();
            registered.put(subject, id);
            known.put(id, schema);
        }
        return id;
    }

    /**
     * Looks whether it answers, and lets this client in.
     *
     * @throws RegistryException if it does not
     */
    void ask() {
        get("/subjects", "its subjects");
    }

    /** Where it is. */
    String shown() {
        return connection.shown();
    }

    private JsonNode get(String path, String what) {
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder().GET(), path, null);
        if (answer.statusCode() == 200) {
            return json(answer);
        }
        int code = answer.statusCode() == 404 ? json(answer).path("error_code").asInt() : 0;
        if (code == NO_SCHEMA || code == NO_SUBJECT || code == NO_VERSION) {
            throw new RecordException(
                    Step.PARSE, what + " is not in the registry " + connection.shown() + ", or one that it refers to");
        }
        throw refused(answer, what);
    }

    private RegistryException refused(HttpResponse<byte[]> answer, String what) {
        String why = json(answer).path("message").asText("");
        String hint = switch (answer.statusCode()) {
            case 401, 403 -> "; set its credentials, such as basic.auth.user.info";
            case 404 -> why.isEmpty() ? "; does the URL lead to an API as Confluent's?" : "";
            default -> "";
        };
        return new RegistryException("the schema registry " + connection.shown() + " answers " + answer.statusCode()
                + " about " + what + (why.isEmpty() ? "" : ", " + brief(why)) + hint);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, String path, String body) {
        String failure = "";
        for (URI url : connection.urls()) {
            request.uri(URI.create(url + path)).timeout(PATIENCE).header("Accept", MEDIA_TYPE + ", application/json");
            connection.authorisation().ifPresent(value -> request.setHeader("Authorization", value));
            if (body != null) {
                request.setHeader("Content-Type", MEDIA_TYPE).POST(BodyPublishers.ofString(body));
            }
            try {
                HttpResponse<byte[]> answer = connection.client().send(request.build(), BodyHandlers.ofByteArray());
                if (answer.statusCode() < 500) {
                    return answer;
                }
                failure = "it answers " + answer.statusCode();
            } catch (IOException e) {
                LOG.debug("{} does not answer", url, e);
                failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RegistryException("the schema registry " + connection.shown() + " was not waited for");
            }
        }
        throw new RegistryException(
                "the schema registry " + connection.shown() + " does not answer: " + brief(failure));
    }

    /** Empty where it is none. */
    private static JsonNode json(HttpResponse<byte[]> answer) {
        try {
            JsonNode read = JSON.readTree(answer.body());
            return read == null ? JSON.createObjectNode() : read;
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be read", e);
        }
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String brief(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() <= 200 ? line : line.substring(0, 200) + "...";
    }
}

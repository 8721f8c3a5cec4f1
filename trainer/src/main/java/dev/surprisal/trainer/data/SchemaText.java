package dev.surprisal.trainer.data;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** The text of an Avro schema, from a file or from where a registry has it. */
public final class SchemaText {

    private static final int MOST_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private SchemaText() {}

    /**
     * Reads a schema.
     *
     * @param place a file, or a URL of http or https that answers with the schema and nothing else
     * @throws DataException if it is not there, or longer than a mebibyte
     */
    public static String read(String place) {
        try (InputStream stream = place.matches("(?i)https?://.*") ? fetch(place) : open(place)) {
            byte[] bytes = stream.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new DataException(place + ": longer than " + MOST_BYTES + " bytes, which no schema is");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DataException(place + ": cannot be read: " + reason(e), e);
        }
    }

    private static InputStream open(String place) throws IOException {
        try {
            return Files.newInputStream(Path.of(place));
        } catch (NoSuchFileException e) {
            throw new DataException(place + ": there is no such file", e);
        }
    }

    private static InputStream fetch(String place) throws IOException {
        try {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(PATIENCE)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(URI.create(place)).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            answer.body().close();
            String hint = switch (answer.statusCode()) {
                case 401, 403 -> "; fetch it with a program that knows the password, and pipe it in: --schema -";
                case 404 -> "; a registry has it at .../subjects/SUBJECT/versions/latest/schema";
                default -> "";
            };
            throw new DataException(place + ": answers " + answer.statusCode() + hint);
        } catch (IllegalArgumentException e) {
            throw new DataException(place + ": is no URL: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(place + ": was not waited for", e);
        }
    }

    /** The JDK's client says of a closed port nothing at all. */
    private static String reason(IOException e) {
        return e.getMessage() == null ? "nobody answers" : e.getMessage();
    }
}

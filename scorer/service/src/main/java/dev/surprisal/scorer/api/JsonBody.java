package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.stream.Collectors;

/** The body of a request that is read to the letter: a key that is not known is refused, where a slip of the pen in one would do more than was meant. */
final class JsonBody {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private JsonBody() {}

    /**
     * Reads a body; a 400 if it is something else.
     *
     * @param name of what it should be, such as {@code rule}
     * @param keys that it may have, as a sentence lists them
     * @param example of a body
     */
    static <T> T read(byte[] body, Class<T> type, String name, String keys, String example) {
        try {
            T read = body == null ? null : JSON.readValue(body, type);
            if (read == null) {
                throw ProblemException.badRequest(
                        "The body is empty; send a " + name + " as JSON, such as " + example + ".");
            }
            return read;
        } catch (UnrecognizedPropertyException e) {
            throw ProblemException.badRequest(
                    "A " + name + " has no '" + e.getPropertyName() + "'; it has " + keys + ".");
        } catch (JsonMappingException e) {
            String at = e.getPath().stream().map(Reference::getFieldName).collect(Collectors.joining("."));
            throw ProblemException.badRequest(
                    at.isEmpty()
                            ? "The body is no " + name + ": a JSON object with " + keys + "."
                            : "'" + at + "' has a value of a wrong type.");
        } catch (IOException e) {
            throw ProblemException.badRequest("The body is not JSON.");
        }
    }
}

package dev.surprisal.scorer.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The records of a request's body, byte for byte as they came. */
final class JsonSlices {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonSlices() {}

    static boolean isArray(byte[] body) {
        for (byte each : body) {
            if (each == '[') {
                return true;
            }
            if (each != ' ' && each != '\n' && each != '\r' && each != '\t') {
                return false;
            }
        }
        return false;
    }

    /**
     * The elements of a JSON array.
     *
     * @throws IOException if it is not JSON, or has more elements
     */
    static List<byte[]> of(byte[] array, int most) throws IOException {
        List<byte[]> elements = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(array)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (elements.size() == most) {
                    throw new IOException("it has more than " + most + " records");
                }
                int start = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                parser.finishToken();
                elements.add(Arrays.copyOfRange(
                        array, start, (int) parser.currentLocation().getByteOffset()));
            }
            if (parser.nextToken() != null) {
                throw new IOException("something follows the array");
            }
        }
        return elements;
    }
}

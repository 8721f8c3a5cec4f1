package dev.surprisal.scorer.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSlicesTest {

    @Test
    void takesElementsByteForByteAsTheyCame() throws IOException {
        assertThat(slices(" [ {\"a\": [1,  2.50]} ,\"ü]\", -1e3,null,true, [] ] "))
                .containsExactly("{\"a\": [1,  2.50]}", "\"ü]\"", "-1e3", "null", "true", "[]");
        assertThat(slices("[]")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,", "[1 2]", "[1]x", "[", "[1,2,3,4]", "[1][2]"})
    void refusesWhatIsNoArrayOrTooLong(String body) {
        assertThatThrownBy(() -> JsonSlices.of(body.getBytes(UTF_8), 3)).isInstanceOf(IOException.class);
    }

    private static List<String> slices(String body) throws IOException {
        assertThat(JsonSlices.isArray(body.getBytes(UTF_8))).isTrue();
        return JsonSlices.of(body.getBytes(UTF_8), 10).stream()
                .map(slice -> new String(slice, UTF_8))
                .toList();
    }
}

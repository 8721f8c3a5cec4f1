package dev.surprisal.scorer.feedback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.event.RecordCoordinates;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordLinesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1.50}     | {"surprisal.record":"t/1/2","a": 1.50}
            {}              | {"surprisal.record":"t/1/2"}
            `  { "a" : 1 } ` | {"surprisal.record":"t/1/2","a" : 1 }
            """)
    void putsTheCoordinatesFirstAndLeavesTheRestAsItIs(String json, String line) {
        assertThat(line(json)).isEqualTo(line);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}            | true
            ` {"a":[1]} ` | true
            {"a":         | false
            {} x          | false
            [{}]          | false
            7             | false
            `` | false
            """)
    void knowsAnObject(String json, boolean isOne) {
        assertThat(RecordLines.isObject(json.getBytes(UTF_8))).isEqualTo(isOne);
    }

    @Test
    void makesOneLineOfMany() {
        assertThat(line("\uFEFF{\r\n\"a\": \"x\\ny\",\n\"b\": 2\n}"))
                .isEqualTo("{\"surprisal.record\":\"t/1/2\",\"a\": \"x\\ny\", \"b\": 2 }");
    }

    @Test
    void takesTheLatestOfAWindowThatIsTooLong() {
        var ranges = new TreeMap<>(Map.of(0, new RecordWindow.Range(100, 400), 1, new RecordWindow.Range(0, 100)));

        assertThat(RecordWindow.latest(ranges, 1_000)).isEqualTo(ranges);
        assertThat(RecordWindow.latest(ranges, 40))
                .isEqualTo(
                        new TreeMap<>(Map.of(0, new RecordWindow.Range(370, 400), 1, new RecordWindow.Range(90, 100))));
    }

    private static String line(String json) {
        return new String(RecordLines.of(new RecordCoordinates("t", 1, 2), json.getBytes(UTF_8)), UTF_8);
    }
}

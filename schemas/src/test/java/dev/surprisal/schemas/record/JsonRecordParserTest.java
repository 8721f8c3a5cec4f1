package dev.surprisal.schemas.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in whatever order and company: the parser expects them in the order of the record before. */
class JsonRecordParserTest {

    private static final RecordSpec SPEC = new RecordSpec(
            RecordSpec.FORMAT,
            "records",
            null,
            List.of(
                    Field.of("a", FieldType.NUMBER),
                    Field.of("b", FieldType.NUMBER),
                    Field.of("shop.id", FieldType.NUMBER),
                    Field.of("shop.city", FieldType.CATEGORY),
                    Field.of("é", FieldType.NUMBER),
                    Field.of("note", FieldType.IGNORED)));
    private static final Vocabulary CITIES = new Vocabulary(List.of("Rome", "Oslo"));

    private final RecordEncoder encoder = new RecordEncoder(SPEC, List.of(CITIES));
    private final JsonRecordParser parser = new JsonRecordParser(SPEC, encoder);

    @Test
    void readsKeysInAnyOrderWithOthersAmongThem() {
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            List<String> inner = new ArrayList<>(List.of("\"id\": 3", "\"city\": \"Oslo\"", "\"x\": {\"id\": 9}"));
            List<String> outer = new ArrayList<>(List.of(
                    "\"a\": 1",
                    "\"b\" : 2.5",
                    random.nextBoolean() ? "\"é\": 4" : "\"\\u00e9\": 4",
                    "\"note\": [1, {\"a\": 7}]",
                    "\"city\": \"Rome\"",
                    "\"unknown" + random.nextInt() + "\": {\"b\": [0]}"));
            if (random.nextInt(3) == 0) {
                Collections.shuffle(inner, random);
                Collections.shuffle(outer, random);
            }
            outer.add(random.nextInt(outer.size()), "\"shop\": {" + String.join(",", inner) + "}");
            String json = "{" + String.join(random.nextBoolean() ? "," : " ,\n ", outer) + "}";

            EncodedRow row = parse(json);

            assertThat(row.numbers()).as(json).containsExactly(1, 2.5f, 3, 4);
            assertThat(row.categories()).as(json).containsExactly(2);
        }
    }

    @Test
    void readsNamesWithDotsAsTheyStand() {
        assertThat(parse("{\"a\":1,\"b\":2,\"shop.id\":3,\"shop\":{\"city\":\"Rome\"},\"é\":4}")
                        .numbers())
                .containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":1,\"b\":2,\"shop\":{\"id\":3,\"city\":\"Rome\"},\"é\":4}",
                "{\"a\":1,\"b\":2,\"shop\":{\"id\":3,\"city\":\"Rome\"},\"shop\":{\"id\":3},\"é\":4}",
                "{\"a\":1,\"b\":2,\"shop.id\":3,\"shop\":{\"id\":3,\"city\":\"Rome\"},\"é\":4}"
            })
    void refusesAKeyThatStandsTwiceWhateverWasExpected(String json) {
        parse("{\"a\":1,\"b\":2,\"shop\":{\"id\":3,\"city\":\"Rome\"},\"é\":4}");
        for (int again = 0; again < 3; again++) {
            assertThatThrownBy(() -> parse(json))
                    .isInstanceOf(RecordException.class)
                    .hasMessageContaining("stands twice");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,",
                "{\"a\":1,\"b",
                "{\"a\":1,\"b\"",
                "{\"a\":1,\"b\":",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,}"
            })
    void refusesWhatEndsOrBreaksWhereAKeyIsExpected(String json) {
        parse("{\"a\":1,\"b\":2,\"shop\":{\"id\":3,\"city\":\"Rome\"},\"é\":4}");
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(RecordException.class)
                .hasMessageStartingWith("the record is not JSON");
    }

    private EncodedRow parse(String json) {
        EncodedRow row = encoder.newRow();
        parser.parse(json.getBytes(UTF_8), row);
        return row;
    }
}

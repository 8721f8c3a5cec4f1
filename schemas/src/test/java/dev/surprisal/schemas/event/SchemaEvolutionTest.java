package dev.surprisal.schemas.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every version of an event reads every other, forwards and backwards: consumers are brought up to date in any order, and read what is old. */
class SchemaEvolutionTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    static List<String> events() {
        return List.copyOf(AvroSources.all().keySet());
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyVersionReadsEveryOther(String event) throws Exception {
        Schema now = AvroSources.all().get(event);
        List<Schema> versions = versions(event);
        assertThat(versions)
                .as("%s.avsc has no golden version: copy it to schemas/%s/%s/1.avsc", event, GOLDEN, event)
                .isNotEmpty();
        for (int i = 0; i < versions.size(); i++) {
            String problem = problem(versions.get(i), now);
            assertThat(problem)
                    .as(
                            "%s.avsc and its version %d cannot read each other. Add fields with a default, at the end; never remove or rename one, or change its type. What cannot be helped is a new event on a new topic",
                            event, i + 1)
                    .isNull();
        }
        assertThat(versions.get(versions.size() - 1))
                .as(
                        "%s.avsc has changed and is compatible: keep the new version, copy it to schemas/%s/%s/%d.avsc, and say in the CHANGELOG what is new. A published version is never changed",
                        event, GOLDEN, event, versions.size() + 1)
                .isEqualTo(now);
    }

    /** Null where each reads the other. */
    private static String problem(Schema one, Schema other) {
        for (Schema[] pair : new Schema[][] {{one, other}, {other, one}}) {
            var result = SchemaCompatibility.checkReaderWriterCompatibility(pair[0], pair[1]);
            if (result.getType() != SchemaCompatibilityType.COMPATIBLE) {
                return result.getResult().getIncompatibilities().toString();
            }
        }
        return null;
    }

    private static List<Schema> versions(String event) {
        Path folder = GOLDEN.resolve(event);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Map<String, Schema> found = AvroSources.in(folder);
        List<String> numbers = new ArrayList<>(found.keySet());
        numbers.sort(Comparator.comparingInt(Integer::parseInt));
        return numbers.stream().map(found::get).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a field added with a default    | {"name":"a","type":"int"},{"name":"b","type":["null","int"],"default":null} | true
            a field added without a default | {"name":"a","type":"int"},{"name":"b","type":"int"}                       | false
            a field removed                 |                                                                            | false
            a field renamed                 | {"name":"c","type":"int"}                                                  | false
            another type                    | {"name":"a","type":"string"}                                               | false
            a wider type                    | {"name":"a","type":"long"}                                                 | false
            """)
    void theRuleTellsGoodChangesFromBadOnes(String change, String fields, boolean good) {
        Schema before = record("{\"name\":\"a\",\"type\":\"int\"}");

        assertThat(problem(before, record(fields == null ? "" : fields)) == null)
                .as(change)
                .isEqualTo(good);
    }

    private static Schema record(String fields) {
        return new Schema.Parser().parse("{\"type\":\"record\",\"name\":\"E\",\"fields\":[" + fields + "]}");
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyFieldSaysWhatItIs(String event) {
        assertThat(undocumented(AvroSources.all().get(event))).isEmpty();
    }

    private static List<String> undocumented(Schema schema) {
        List<String> found = new ArrayList<>();
        switch (schema.getType()) {
            case RECORD ->
                schema.getFields().forEach(field -> {
                    if (field.doc() == null || field.doc().isBlank()) {
                        found.add(schema.getName() + "." + field.name());
                    }
                    found.addAll(undocumented(field.schema()));
                });
            case ARRAY -> found.addAll(undocumented(schema.getElementType()));
            case UNION -> schema.getTypes().forEach(each -> found.addAll(undocumented(each)));
            default -> {}
        }
        return found;
    }
}

package dev.surprisal.trainer.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.cli.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Specs that are drawn from Avro schemas. */
class SchemaDraftTest {

    private static final String PAYMENT = """
            {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
              {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
              {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "In euros,\\n  with tax."},
              {"name": "points", "type": "int"},
              {"name": "online", "type": "boolean"},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "entry", "type": {"type": "enum", "name": "Entry", "symbols": ["CHIP", "ONLINE"]}},
              {"name": "merchant", "type": ["null", {"type": "record", "name": "Merchant", "fields": [
                {"name": "country", "type": "string"},
                {"name": "tags", "type": {"type": "array", "items": "string"}}]}]},
              {"name": "either", "type": ["int", "string"]},
              {"name": "fraud", "type": ["null", "boolean"]}]}
            """;

    @TempDir
    private Path folder;

    @Test
    void drawsTypesNestedFieldsAndWhatMayBeMissing() {
        SchemaDraft draft = SchemaDraft.of(PAYMENT, "payments.avsc", null, "fraud");

        RecordSpec spec = SpecFile.parse(draft.toYaml(), "drawn");
        assertThat(spec.name()).isEqualTo("Payment");
        assertThat(spec.fields())
                .containsExactly(
                        Field.of("id", FieldType.IGNORED),
                        Field.of("amount", FieldType.NUMBER),
                        Field.of("points", FieldType.NUMBER),
                        Field.of("online", FieldType.BOOLEAN),
                        Field.of("at", FieldType.TIMESTAMP),
                        Field.of("entry", FieldType.CATEGORY),
                        optional("merchant.country"),
                        Field.of("merchant.tags", FieldType.IGNORED),
                        Field.of("either", FieldType.IGNORED),
                        Field.of("fraud", FieldType.IGNORED));
        assertThat(draft.toYaml())
                .contains("# bytes of decimal; In euros, with tax.")
                .contains("# the label; boolean")
                .contains("# string; an identifier or free text is to be ignored");
    }

    private static Field optional(String name) {
        return new Field(name, FieldType.CATEGORY, true, null, null, null);
    }

    @Test
    void refusesWhatIsNoSchemaOfRecords() {
        refuses("{", "is no Avro schema");
        refuses("\"string\"", "is the schema of a string, not of records");
        refuses(
                "{\"type\": \"record\", \"name\": \"Node\", \"fields\": [{\"name\": \"next\", \"type\": [\"null\", \"Node\"]}]}",
                "the record Node contains itself");
        assertThatThrownBy(() -> SchemaDraft.of(PAYMENT, "payments.avsc", null, "froud"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("there is no field 'froud'; there are id, amount");
        assertThatThrownBy(() -> SchemaDraft.of(PAYMENT, "payments.avsc", "a name", null))
                .isInstanceOf(SurprisalException.class);
    }

    private static void refuses(String schema, String why) {
        assertThatThrownBy(() -> SchemaDraft.of(schema, "payments.avsc", null, null))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("payments.avsc: ")
                .hasMessageContaining(why);
    }

    @Test
    void describesTheSchemaOfAFileAndOfARegistry() throws IOException {
        Path schema = Files.writeString(folder.resolve("payments.avsc"), PAYMENT);
        Path ofFile = folder.resolve("file.yaml");
        Path ofRegistry = folder.resolve("registry.yaml");
        HttpServer registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        registry.createContext("/subjects/payments-value/versions/latest/schema", exchange -> {
            byte[] body = PAYMENT.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        registry.start();
        String url = "http://127.0.0.1:" + registry.getAddress().getPort() + "/subjects/";
        try {
            assertThat(Main.run("describe", "--schema", schema.toString(), "--out", ofFile.toString()))
                    .isZero();
            assertThat(Main.run(
                            "describe",
                            "--schema",
                            url + "payments-value/versions/latest/schema",
                            "--out",
                            ofRegistry.toString()))
                    .isZero();
            assertThatThrownBy(() -> SchemaText.read(url + "none"))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("answers 404; a registry has it at");
        } finally {
            registry.stop(0);
        }

        assertThat(SpecFile.read(ofRegistry)).isEqualTo(SpecFile.read(ofFile));
        assertThatThrownBy(() -> SchemaText.read(url + "none"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> SchemaText.read(folder.resolve("none").toString()))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("there is no such file");
    }

    @Test
    void wantsRecordsOrASchema() throws IOException {
        Path schema = Files.writeString(folder.resolve("payments.avsc"), PAYMENT);

        assertThat(Main.run("describe")).isEqualTo(2);
        assertThat(Main.run("describe", "payments.csv", "--schema", schema.toString()))
                .isEqualTo(2);
    }
}

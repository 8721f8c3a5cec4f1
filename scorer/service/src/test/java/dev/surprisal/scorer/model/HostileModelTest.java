package dev.surprisal.scorer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.fixture.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Model files that were made to do harm. */
class HostileModelTest {

    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final ModelInspection INSPECTION = new ModelInspection(null);
    private static final String CARD = ModelCardJson.write(TinyModel.card(1_000));

    @Test
    void filesBesideTheModelAreNotRead() {
        Wire location = new Wire().text(1, "location").text(2, "/etc/passwd");
        Wire external = new Wire()
                .number(1, 1)
                .number(2, FLOAT)
                .text(8, "c")
                .message(13, location)
                .number(14, 1);
        refused(graph().message(5, external), "keeps constants in other files");
        // In a constant within a node, too, and by either of the two fields alone.
        Wire attribute = new Wire().text(1, "value").message(5, external).number(20, 4);
        refused(graph().message(1, node("Constant", "c").message(5, attribute)), "keeps constants in other files");
        refused(graph().message(5, floats(1).message(13, location)), "keeps constants in other files");
        refused(graph().message(5, floats(1).number(14, 1)), "keeps constants in other files");
    }

    @ParameterizedTest
    @CsvSource({"1000000000, 1000000000", "4294967296, 4294967296", "9223372036854775807, 2", "2147483647, 1", "2, 2"})
    void constantsThatSayTheyAreLargerThanTheyAre(long rows, long columns) {
        Wire tensor = new Wire()
                .number(1, rows)
                .number(1, columns)
                .number(2, FLOAT)
                .text(8, "c")
                .bytes(9, new byte[12]);
        refused(graph().message(5, tensor), "a constant that says it is larger than its bytes");
    }

    @Test
    void constantsOfNoShapeAtAll() {
        refused(graph().message(5, floats(-1)), "a constant of an impossible shape");
        refused(graph().message(5, floats(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), "a constant of an impossible shape");
        refused(graph().message(5, new Wire().number(1, 1).number(2, 8).text(6, "text")), "a constant of the type 8");
        refused(graph().message(15, new Wire()), "sparse constants");
    }

    @Test
    void fewNumbersThatAskForManyValues() {
        Wire shape = longs("shape", 1 << 20, 1 << 20);
        refused(
                graph().message(5, shape).message(1, node("Expand", "huge", "quarter", "shape")),
                "asks for results of more than 67108864 values");
        refused(
                graph().message(1, node("Expand", "huge", "quarter", "computed")),
                "asks for results of a size that is no constant");
        refused(graph().message(1, node("ConstantOfShape", "huge", "shape")), "the operator 'ConstantOfShape'");
        refused(graph().message(1, node("Tile", "huge", "quarter", "shape")), "the operator 'Tile'");
        refused(graph().message(1, node("RandomNormal", "huge")), "the operator 'RandomNormal'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"If", "Loop", "Scan"})
    void graphsWithinGraphs(String operator) {
        Wire inner = new Wire().message(1, node("Neg", "a", "b"));
        for (int depth = 0; depth < 2_000; depth++) {
            Wire attribute = new Wire().text(1, "body").message(6, inner).number(20, 5);
            inner = new Wire().message(1, node(operator, "a").message(5, attribute));
        }
        refused(inner, "graphs within");
        refused(graph().message(1, node(operator, "a")), "the operator '" + operator + "'");
    }

    @Test
    void moreNodesThanAnyModelHas() {
        Wire graph = graph();
        String last = "quarter";
        for (int i = 0; i < 10_001; i++) {
            graph.message(1, node("Neg", "n" + i, last));
            last = "n" + i;
        }
        refused(graph, "more than 10000 nodes");
    }

    @Test
    void theLongestChainOfNodesThatIsTakenDoesNoHarm() {
        Wire graph = graph();
        String last = "elbo";
        for (int i = 0; i < 9_900; i++) {
            graph.message(1, node("Neg", "n" + i, last));
            last = "n" + i;
        }
        byte[] onnx = model(graph.message(12, new Wire().text(1, last))).toBytes();
        try (ScoringModel model = INSPECTION.open(onnx, null, null, "m", List.of())) {
            assertThat(model.card().name()).isEqualTo(TinyModel.NAME);
        }
    }

    @Test
    void wholeNumbersThatAreNoShapeMayHaveAnyProduct() {
        byte[] onnx =
                model(graph().message(5, longs("widths", 70, 70, 70, 70, 70))).toBytes();
        try (ScoringModel model = INSPECTION.open(onnx, null, null, "m", List.of())) {
            assertThat(model.card().name()).isEqualTo(TinyModel.NAME);
        }
    }

    @Test
    void operatorsOfOthers() {
        refused(graph().message(1, node("Neg", "a", "quarter").text(7, "com.microsoft")), "'com.microsoft.Neg'");
        Wire functions = model(graph()).message(25, new Wire().text(1, "f"));
        refused(functions.toBytes(), "training steps or functions");
    }

    @Test
    void hugeMetadata() {
        byte[] huge = new byte[65 << 20];
        Arrays.fill(huge, (byte) ' ');
        refused(
                model(graph())
                        .message(14, new Wire().text(1, "x").bytes(2, huge))
                        .toBytes(),
                "more metadata than");
        Wire many = model(graph());
        for (int i = 0; i < 101; i++) {
            many.message(14, new Wire().text(1, "x" + i).text(2, ""));
        }
        refused(many.toBytes(), "more metadata than");
    }

    @Test
    void cardsThatAreDeepOrWide() {
        String deep =
                CARD.substring(0, CARD.length() - 1) + ",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        refused(TinyModel.bytes(deep), "its model card cannot be read");
        List<Field> fields = IntStream.rangeClosed(0, 10_000)
                .mapToObj(i -> Field.of("f" + i, FieldType.NUMBER))
                .toList();
        ModelCard card = TinyModel.card(1_000);
        ModelCard wide = new ModelCard(
                card.format(),
                card.name(),
                card.version(),
                new RecordSpec(RecordSpec.FORMAT, "wide", null, fields),
                List.of(),
                card.score(),
                Calibration.of(new double[1_000], new double[fields.size()]),
                card.alarmRate(),
                card.provenance(),
                card.metrics());
        refused(TinyModel.bytes(ModelCardJson.write(wide)), "10001 fields, more than 10000");
    }

    @Test
    void firstLooksAreLookedAtToo() {
        Wire hostile = model(graph().message(1, node("If", "a")));
        ModelCard card = TinyModel.card(1_000);
        byte[] model = TinyModel.withFirstLook(card, Base64.getEncoder().encodeToString(hostile.toBytes()));
        refused(model, "the graph of its first look", "the operator 'If'");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyBytesAreRefusedOrTakenAndNeverWorse(long seed) {
        Random random = new Random(seed);
        byte[] good = TinyModel.version("fuzz");
        for (int i = 0; i < 500; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
            for (int change = random.nextInt(6); change >= 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try (ScoringModel model = INSPECTION.open(bytes, null, null, "seed " + seed + " round " + i, List.of())) {
                assertThat(model.card()).isNotNull();
            } catch (ModelException e) {
                assertThat(e.getMessage()).startsWith("seed " + seed);
            }
        }
    }

    private static void refused(Wire graph, String... why) {
        refused(model(graph).toBytes(), why);
    }

    private static void refused(byte[] onnx, String... why) {
        assertThatThrownBy(() -> INSPECTION.open(onnx, null, null, "m.onnx", List.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("m.onnx: ")
                .hasMessageContainingAll(why)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
    }

    private static Wire model(Wire graph) {
        return TinyModel.model(graph)
                .message(14, new Wire().text(1, ModelCard.METADATA_KEY).text(2, CARD));
    }

    private static Wire graph() {
        return TinyModel.graph();
    }

    private static Wire node(String operator, String output, String... inputs) {
        return TinyModel.node(operator, output, inputs);
    }

    /** Of so many dimensions, with the bytes of one value. */
    private static Wire floats(long... dimensions) {
        Wire tensor = new Wire();
        for (long dimension : dimensions) {
            tensor.number(1, dimension);
        }
        return tensor.number(2, FLOAT).text(8, "hostile").bytes(9, new byte[4]);
    }

    private static Wire longs(String name, long... values) {
        ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            raw.putLong(value);
        }
        return new Wire()
                .number(1, values.length)
                .number(2, INT64)
                .text(8, name)
                .bytes(9, raw.array());
    }
}

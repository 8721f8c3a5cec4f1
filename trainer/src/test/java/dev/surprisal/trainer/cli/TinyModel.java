package dev.surprisal.trainer.cli;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.Provenance;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.schemas.record.Vocabulary;
import dev.surprisal.trainer.export.OnnxExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * A model file whose scores can be told by heart: two numbers x and y and a category, and the score x^2 + y^2, a missing number counting as
 * 0. Calibrated on the scores 1, 2, .. 99, so that the p-value of a whole score s up to 99 is (101 - s) / 100.
 */
final class TinyModel {

    static final RecordSpec SPEC = SpecFile.parse("""
            format: 1
            name: tiny
            fields:
              - {name: x, type: number}
              - {name: y, type: number, optional: true}
              - {name: kind, type: category}
              - {name: label, type: ignored}
            """, "tiny.yaml");

    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private TinyModel() {}

    /** Writes the model. */
    static Path write(Path file) throws IOException {
        ModelCard card = new ModelCard(
                ModelCard.FORMAT,
                "tiny",
                "v1",
                SPEC,
                List.of(new Vocabulary(List.of("a", "b"))),
                ScoreOutput.ELBO,
                Calibration.of(ascending(), new double[3]),
                AlarmRate.parse("1/50"),
                new Provenance(Instant.EPOCH, 0, "", 0, 0, 0, Map.of(), Map.of()),
                Map.of());
        return Files.write(
                file, OnnxExporter.withMetadata(graph(), Map.of(ModelCard.METADATA_KEY, ModelCardJson.write(card))));
    }

    /** Writes the graph alone: an ONNX model, and none of ours. */
    static Path writeWithoutCard(Path file) throws IOException {
        return Files.write(file, graph());
    }

    private static double[] ascending() {
        double[] scores = new double[99];
        Arrays.setAll(scores, i -> i + 1);
        return scores;
    }

    private static byte[] graph() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("tiny")
                .addInput(value("numbers", FLOAT, 2))
                .addInput(value("categories", INT64, 2))
                .addInitializer(TensorProto.newBuilder()
                        .setName("nothing")
                        .setDataType(FLOAT)
                        .addFloatData(0))
                .addInitializer(TensorProto.newBuilder()
                        .setName("columns")
                        .setDataType(INT64)
                        .addDims(1)
                        .addInt64Data(1))
                .addNode(node("IsNaN", "missing", "numbers"))
                .addNode(node("Where", "known", "missing", "nothing", "numbers"))
                .addNode(node("Mul", "square", "known", "known"))
                .addNode(node("Neg", "of_numbers", "square"))
                .addNode(node("ReduceSum", "elbo", "of_numbers", "columns").toBuilder()
                        .addAttribute(integer("keepdims", 0))
                        .build())
                .addNode(node("Identity", "log_likelihood", "elbo"))
                .addNode(node("Identity", "reconstruction_log_probability", "elbo"))
                .addNode(node("Cast", "codes", "categories").toBuilder()
                        .addAttribute(integer("to", FLOAT))
                        .build())
                .addNode(node("Mul", "of_categories", "codes", "nothing"))
                .addNode(node("Concat", "field_log_probability", "of_numbers", "of_categories").toBuilder()
                        .addAttribute(integer("axis", 1))
                        .build())
                .addNode(node("Mul", "expected_numbers", "known", "nothing"))
                .addNode(node("Exp", "number_scale", "expected_numbers"))
                .addNode(node("Identity", "expected_categories", "categories"));
        for (String output : List.of("elbo", "log_likelihood", "reconstruction_log_probability")) {
            graph.addOutput(value(output, FLOAT, 1));
        }
        for (String output : List.of("field_log_probability", "expected_numbers", "number_scale")) {
            graph.addOutput(value(output, FLOAT, 2));
        }
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(graph.addOutput(value("expected_categories", INT64, 2)))
                .build()
                .toByteArray();
    }

    private static NodeProto node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addOutput(output)
                .addAllInput(List.of(inputs))
                .build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An input or output whose lengths are left open. */
    private static ValueInfoProto value(String name, int type, int dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int i = 0; i < dimensions; i++) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + i));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }
}

package dev.surprisal.trainer.export;

import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.Likelihood;
import dev.surprisal.schemas.record.RecordSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * The units in which a model measures numbers: the deviations of its training data.
 *
 * <p>A model's densities are those of standardised numbers, x' = (x - m) / d. To compare two models that were trained on different data, both have to be in the records' own units: log p(x) = log p(x') - log d for each
 * number that is known. Counts and booleans have probabilities, which need no unit.
 *
 * @param logUnit [D] log d of each number column; 0 where the model has a probability
 */
public record NumberUnits(double[] logUnit) {

    /**
     * Reads them from the graph of a model that this project's trainer wrote.
     *
     * @throws ModelException if the graph does not standardise its numbers as {@link NumberInput} does
     */
    public static NumberUnits of(byte[] onnx, RecordSpec spec) {
        List<Column> columns = spec.numberColumns();
        if (columns.isEmpty()) {
            return new NumberUnits(new double[0]);
        }
        try {
            float[] halves = halves(ModelProto.parseFrom(onnx).getGraph());
            if (halves.length != columns.size()) {
                throw unknown(null);
            }
            double[] logUnit = new double[halves.length];
            for (int j = 0; j < halves.length; j++) {
                logUnit[j] = hasDensity(columns.get(j)) ? Math.log(2.0 * halves[j]) : 0;
            }
            return new NumberUnits(logUnit);
        } catch (InvalidProtocolBufferException e) {
            throw unknown(e);
        }
    }

    /** Of the one division whose numerator comes from the numbers: halves of the deviations. */
    private static float[] halves(GraphProto graph) {
        String half = outputOf(graph, "Mul", "numbers");
        String difference = outputOf(graph, "Sub", half);
        NodeProto division = node(graph, "Div", difference);
        return graph.getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals(division.getInput(1)))
                .findFirst()
                .map(NumberUnits::floats)
                .orElseThrow(() -> unknown(null));
    }

    private static String outputOf(GraphProto graph, String operator, String input) {
        return node(graph, operator, input).getOutput(0);
    }

    private static NodeProto node(GraphProto graph, String operator, String input) {
        return graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals(operator)
                        && node.getInputCount() == 2
                        && node.getInput(0).equals(input))
                .findFirst()
                .orElseThrow(() -> unknown(null));
    }

    private static float[] floats(TensorProto tensor) {
        if (tensor.getFloatDataCount() > 0) {
            float[] values = new float[tensor.getFloatDataCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = tensor.getFloatData(i);
            }
            return values;
        }
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[raw.remaining() / Float.BYTES];
        raw.asFloatBuffer().get(values);
        return values;
    }

    private static boolean hasDensity(Column column) {
        return column.field().type() != FieldType.BOOLEAN
                && column.field().likelihood() != Likelihood.NEGATIVE_BINOMIAL;
    }

    private static ModelException unknown(Exception cause) {
        String message =
                "the model does not say in which units it measures numbers, so it cannot be compared with others";
        return cause == null ? new ModelException(message) : new ModelException(message, cause);
    }
}

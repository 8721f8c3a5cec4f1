package dev.surprisal.trainer.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * An ONNX graph in the making, with one method per operator that scoring needs, so that the code that uses it reads like the formulas.
 *
 * <p>Names are numbered in the order of creation: the same calls give the same bytes.
 */
final class Graph {

    /** The result of a node, an input or a constant. */
    record Value(String name) {}

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("surprisal");
    private int names;

    GraphProto build() {
        return graph.build();
    }

    Value floatInput(String name, long columns) {
        graph.addInput(valueInfo(name, TensorProto.DataType.FLOAT, columns));
        return new Value(name);
    }

    Value longInput(String name, long columns) {
        graph.addInput(valueInfo(name, TensorProto.DataType.INT64, columns));
        return new Value(name);
    }

    /** Names a value [N] or [N, columns] as an output of the graph. */
    void floatOutput(String name, Value value, long... columns) {
        output(name, value, valueInfo(name, TensorProto.DataType.FLOAT, columns));
    }

    void longOutput(String name, Value value, long... columns) {
        output(name, value, valueInfo(name, TensorProto.DataType.INT64, columns));
    }

    private void output(String name, Value value, ValueInfoProto info) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(value.name())
                .addOutput(name));
        graph.addOutput(info);
    }

    Value scalar(double value) {
        return constant(new float[] {(float) value}, new long[0]);
    }

    Value constant(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return initializer(TensorProto.DataType.FLOAT, bytes, shape);
    }

    Value constant(double[] values, long... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return constant(floats, shape);
    }

    /** A constant in double precision. */
    Value doubles(double[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return initializer(TensorProto.DataType.DOUBLE, bytes, shape);
    }

    Value longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return initializer(TensorProto.DataType.INT64, bytes, values.length);
    }

    private Value longScalar(long value) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(value);
        return initializer(TensorProto.DataType.INT64, bytes);
    }

    private Value initializer(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        String name = "c" + names++;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(LongStream.of(shape).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes.rewind())));
        return new Value(name);
    }

    Value add(Value a, Value b) {
        return node("Add", a, b);
    }

    Value subtract(Value a, Value b) {
        return node("Sub", a, b);
    }

    Value multiply(Value a, Value b) {
        return node("Mul", a, b);
    }

    Value divide(Value a, Value b) {
        return node("Div", a, b);
    }

    Value square(Value a) {
        return node("Mul", a, a);
    }

    Value negate(Value a) {
        return node("Neg", a);
    }

    Value absolute(Value a) {
        return node("Abs", a);
    }

    Value exp(Value a) {
        return node("Exp", a);
    }

    Value log(Value a) {
        return node("Log", a);
    }

    Value squareRoot(Value a) {
        return node("Sqrt", a);
    }

    Value sigmoid(Value a) {
        return node("Sigmoid", a);
    }

    Value positivePart(Value a) {
        return node("Relu", a);
    }

    Value product(Value a, Value b) {
        return node("MatMul", a, b);
    }

    Value clip(Value a, double least, double greatest) {
        return node(
                "Clip",
                a,
                constant(new float[] {(float) least}, new long[0]),
                constant(new float[] {(float) greatest}, new long[0]));
    }

    Value isNaN(Value a) {
        return node("IsNaN", a);
    }

    Value greater(Value a, Value b) {
        return node("Greater", a, b);
    }

    Value greaterOrEqual(Value a, Value b) {
        return node("GreaterOrEqual", a, b);
    }

    Value equal(Value a, Value b) {
        return node("Equal", a, b);
    }

    Value where(Value condition, Value then, Value otherwise) {
        return node("Where", condition, then, otherwise);
    }

    /** A double rounded, a condition as 1 or 0. */
    Value toFloat(Value a) {
        return single(nodeBuilder("Cast", a).addAttribute(integer("to", TensorProto.DataType.FLOAT.getNumber())));
    }

    Value toDouble(Value a) {
        return single(nodeBuilder("Cast", a).addAttribute(integer("to", TensorProto.DataType.DOUBLE.getNumber())));
    }

    /** Rows of a table, or with another axis other slices. */
    Value gather(Value table, Value indices, int axis) {
        return single(nodeBuilder("Gather", table, indices).addAttribute(integer("axis", axis)));
    }

    Value gatherElements(Value table, Value indices, int axis) {
        return single(nodeBuilder("GatherElements", table, indices).addAttribute(integer("axis", axis)));
    }

    /** One column of a matrix [N, columns], as [N]. */
    Value column(Value matrix, int column) {
        return gather(matrix, longScalar(column), 1);
    }

    Value columns(Value matrix, int[] columns) {
        return gather(matrix, longs(Arrays.stream(columns).asLongStream().toArray()), -1);
    }

    Value concatenate(int axis, Value... parts) {
        return parts.length == 1
                ? parts[0]
                : single(nodeBuilder("Concat", parts).addAttribute(integer("axis", axis)));
    }

    Value unsqueeze(Value a, long... axes) {
        return node("Unsqueeze", a, longs(axes));
    }

    Value shape(Value a) {
        return node("Shape", a);
    }

    Value expand(Value a, Value shape) {
        return node("Expand", a, shape);
    }

    Value logSoftmax(Value a) {
        return single(nodeBuilder("LogSoftmax", a).addAttribute(integer("axis", -1)));
    }

    Value argMax(Value a) {
        return single(nodeBuilder("ArgMax", a).addAttribute(integer("axis", -1)).addAttribute(integer("keepdims", 0)));
    }

    Value sum(Value a, int axis) {
        return single(nodeBuilder("ReduceSum", a, longs(axis)).addAttribute(integer("keepdims", 0)));
    }

    /** As {@link #sum}, but the axis stays with length 1. */
    Value sumKeeping(Value a, int axis) {
        return single(nodeBuilder("ReduceSum", a, longs(axis)).addAttribute(integer("keepdims", 1)));
    }

    Value mean(Value a, int axis) {
        return single(nodeBuilder("ReduceMean", a)
                .addAttribute(integers("axes", axis))
                .addAttribute(integer("keepdims", 0)));
    }

    /** log sum exp along an axis, computed so that it cannot overflow. */
    Value logSumExp(Value a, int axis) {
        Value greatest = single(
                nodeBuilder("ReduceMax", a).addAttribute(integers("axes", axis)).addAttribute(integer("keepdims", 1)));
        Value logOfSum = log(sum(exp(subtract(a, greatest)), axis));
        return add(logOfSum, node("Squeeze", greatest, longs(axis)));
    }

    private Value node(String operator, Value... inputs) {
        return single(nodeBuilder(operator, inputs));
    }

    private NodeProto.Builder nodeBuilder(String operator, Value... inputs) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(operator);
        for (Value input : inputs) {
            node.addInput(input.name());
        }
        return node;
    }

    private Value single(NodeProto.Builder node) {
        String name = "v" + names++;
        graph.addNode(node.addOutput(name));
        return new Value(name);
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        LongStream.of(values).forEach(attribute::addInts);
        return attribute.build();
    }

    private static ValueInfoProto valueInfo(String name, TensorProto.DataType type, long... columns) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        LongStream.of(columns)
                .forEach(length ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}

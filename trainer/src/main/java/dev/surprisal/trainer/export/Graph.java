package dev.surprisal.trainer.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final int LONGEST_VECTOR = 16;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("surprisal");
    private final Map<TensorProto, Value> constants = new HashMap<>();
    private int names;

    /** The graph, without what none of its outputs needs: the runtime would compute that too. */
    GraphProto build() {
        Set<String> needed = new HashSet<>();
        graph.getOutputList().forEach(output -> needed.add(output.getName()));
        Deque<NodeProto> nodes = new ArrayDeque<>();
        for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
            NodeProto node = graph.getNode(i);
            if (node.getOutputList().stream().anyMatch(needed::contains)) {
                nodes.addFirst(node);
                needed.addAll(node.getInputList());
            }
        }
        List<TensorProto> constantsNeeded = graph.getInitializerList().stream()
                .filter(constant -> needed.contains(constant.getName()))
                .toList();
        return graph.clone()
                .clearNode()
                .addAllNode(nodes)
                .clearInitializer()
                .addAllInitializer(constantsNeeded)
                .build();
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
        return constant(new float[] {(float) value});
    }

    Value constant(float[] values, long... shape) {
        ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return initializer(TensorProto.DataType.FLOAT, bytes, shape);
    }

    /** As single-precision constants. */
    Value constant(double[] values, long... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return constant(floats, shape);
    }

    Value doubleConstant(double[] values, long... shape) {
        ByteBuffer bytes = littleEndian(values.length * Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return initializer(TensorProto.DataType.DOUBLE, bytes, shape);
    }

    Value longs(long... values) {
        ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return initializer(TensorProto.DataType.INT64, bytes, values.length);
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Equal constants are stored once. */
    private Value initializer(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        TensorProto tensor = TensorProto.newBuilder()
                .setDataType(type.getNumber())
                .addAllDims(LongStream.of(shape).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes.rewind()))
                .build();
        return constants.computeIfAbsent(tensor, unnamed -> {
            String name = "c" + names++;
            graph.addInitializer(unnamed.toBuilder().setName(name));
            return new Value(name);
        });
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

    Value exp(Value a) {
        return node("Exp", a);
    }

    Value log(Value a) {
        return node("Log", a);
    }

    /**
     * The logarithm of [N, columns] doubles, of which no row's depends, not even in its last bit, on the rows around it.
     *
     * <p>With so many numbers more behind them that none of theirs is left over after whole vectors.
     */
    Value logOfDoubles(Value a, int columns) {
        double[] ones = new double[LONGEST_VECTOR - 1];
        Arrays.fill(ones, 1);
        Value extended = concatenate(List.of(reshape(a, -1), doubleConstant(ones, ones.length)), 0);
        return reshape(node("Slice", log(extended), longs(0), longs(-ones.length)), -1, columns);
    }

    Value squareRoot(Value a) {
        return node("Sqrt", a);
    }

    Value square(Value a) {
        return multiply(a, a);
    }

    /** log(1 + exp(a)) */
    Value softplus(Value a) {
        return node("Softplus", a);
    }

    Value sigmoid(Value a) {
        return node("Sigmoid", a);
    }

    Value product(Value a, Value b) {
        return node("MatMul", a, b);
    }

    /** x W + b of a matrix x */
    Value linear(Value x, Value weights, Value bias) {
        return node("Gemm", x, weights, bias);
    }

    Value clip(Value a, double least, double greatest) {
        return node("Clip", a, scalar(least), scalar(greatest));
    }

    /** Between two scalars, in the type of all three. */
    Value clip(Value a, Value least, Value greatest) {
        return node("Clip", a, least, greatest);
    }

    Value absolute(Value a) {
        return node("Abs", a);
    }

    Value negative(Value a) {
        return node("Neg", a);
    }

    Value isNaN(Value a) {
        return node("IsNaN", a);
    }

    Value lessOrEqual(Value a, Value b) {
        return node("LessOrEqual", a, b);
    }

    Value greaterOrEqual(Value a, Value b) {
        return node("GreaterOrEqual", a, b);
    }

    Value where(Value condition, Value then, Value otherwise) {
        return node("Where", condition, then, otherwise);
    }

    Value and(Value a, Value b) {
        return node("And", a, b);
    }

    /** Of a condition: 1 or 0. */
    Value toFloat(Value a) {
        return cast(a, TensorProto.DataType.FLOAT);
    }

    Value toDouble(Value a) {
        return cast(a, TensorProto.DataType.DOUBLE);
    }

    /** Cut to a whole number. */
    Value toLong(Value a) {
        return cast(a, TensorProto.DataType.INT64);
    }

    private Value cast(Value a, TensorProto.DataType type) {
        return single(nodeBuilder("Cast", a).addAttribute(integer("to", type.getNumber())));
    }

    /** Rows of a table. */
    Value rows(Value table, Value indices) {
        return gather(table, indices, 0);
    }

    /** Some entries of the last axis. */
    Value columns(Value a, int[] columns) {
        return gather(a, longs(Arrays.stream(columns).asLongStream().toArray()), -1);
    }

    private Value gather(Value table, Value indices, int axis) {
        return single(nodeBuilder("Gather", table, indices).addAttribute(integer("axis", axis)));
    }

    /** From each vector of the last axis, the element that the index of the same place names. */
    Value elements(Value a, Value indices) {
        return single(nodeBuilder("GatherElements", a, indices).addAttribute(integer("axis", -1)));
    }

    /** Puts parts one behind the other along an axis. */
    Value concatenate(List<Value> parts, int axis) {
        return parts.size() == 1
                ? parts.get(0)
                : single(nodeBuilder("Concat", parts.toArray(Value[]::new)).addAttribute(integer("axis", axis)));
    }

    /** Of a matrix. */
    Value transpose(Value a) {
        return node("Transpose", a);
    }

    /** The same elements in another shape, in which one length may be -1: whatever is left. */
    Value reshape(Value a, long... shape) {
        return node("Reshape", a, longs(shape));
    }

    /** Repeats axes of length 1. */
    Value expand(Value a, long... shape) {
        return node("Expand", a, longs(shape));
    }

    Value logSoftmax(Value a, int axis) {
        return single(nodeBuilder("LogSoftmax", a).addAttribute(integer("axis", axis)));
    }

    /** The place of the greatest element of the last axis, which goes. */
    Value argMax(Value a) {
        return single(nodeBuilder("ArgMax", a).addAttribute(integer("axis", -1)).addAttribute(integer("keepdims", 0)));
    }

    /**
     * The sum along the last axis, which stays with length 1.
     *
     * <p>As a product with ones: the runtime's own sum along rows goes by vectors from the next aligned address on, so that its order, and with it
     * the last bit, would depend on the row's place in the batch.
     */
    Value total(Value a, int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return product(a, constant(ones, length, 1));
    }

    /**
     * log sum exp along an axis, which stays with length 1, computed so that it cannot overflow.
     *
     * <p>max(a) - max(log softmax(a)), as max(log softmax(a)) = max(a) - log sum exp(a): the runtime's softmax is one pass over the data.
     */
    Value logSumExp(Value a, int axis) {
        return subtract(greatest(a, axis), greatest(logSoftmax(a, axis), axis));
    }

    /** The greatest along an axis, which stays with length 1. */
    Value greatest(Value a, int axis) {
        return single(
                nodeBuilder("ReduceMax", a).addAttribute(integers("axes", axis)).addAttribute(integer("keepdims", 1)));
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

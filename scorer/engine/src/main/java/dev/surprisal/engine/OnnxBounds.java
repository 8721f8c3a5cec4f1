package dev.surprisal.engine;

import dev.surprisal.schemas.model.ModelException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What an ONNX file may hold, looked at before ONNX Runtime sees it: a graph of the operators that models of this project are made of, with all its constants inside, of the size that they say.
 *
 * <p>So a file cannot have other files read, name tensors larger than itself, nest graphs, or ask for huge results by a few numbers. What remains is that a graph may multiply its constants
 * to something large; who may bring models is for signatures to say.
 */
final class OnnxBounds {

    private static final int MOST_NODES = 10_000;
    private static final int MOST_TENSORS = 20_000;
    private static final int MOST_DIMENSIONS = 8;
    private static final int MOST_METADATA = 100;
    private static final int MOST_METADATA_BYTES = 64 << 20;
    /** Of the values that a shape may consist of, as their product. */
    private static final long LARGEST_SHAPE = 1L << 26;

    /** Those that the trainer exports, and their kin. None makes much of little but by its shape, and none holds a graph of its own. */
    private static final Set<String> OPERATORS = Set.of(
            "Abs",
            "Add",
            "And",
            "ArgMax",
            "ArgMin",
            "Cast",
            "Ceil",
            "Clip",
            "Concat",
            "Constant",
            "Div",
            "Elu",
            "Equal",
            "Erf",
            "Exp",
            "Expand",
            "Flatten",
            "Floor",
            "Gather",
            "GatherElements",
            "Gemm",
            "Greater",
            "GreaterOrEqual",
            "Identity",
            "IsInf",
            "IsNaN",
            "LeakyRelu",
            "Less",
            "LessOrEqual",
            "Log",
            "LogSoftmax",
            "MatMul",
            "Max",
            "Mean",
            "Min",
            "Mul",
            "Neg",
            "Not",
            "Or",
            "Pow",
            "Reciprocal",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceSum",
            "Relu",
            "Reshape",
            "Round",
            "Selu",
            "Sigmoid",
            "Sign",
            "Slice",
            "Softmax",
            "Softplus",
            "Split",
            "Sqrt",
            "Squeeze",
            "Sub",
            "Sum",
            "Tanh",
            "Transpose",
            "Unsqueeze",
            "Where");

    /** Types of elements, as ONNX numbers them, and their bytes: float, int32, int64, bool, double. */
    private static final Map<Long, Integer> ELEMENT_BYTES = Map.of(1L, 4, 6L, 4, 7L, 8, 9L, 1, 11L, 8);

    private static final long INT64 = 7;
    private static final long EXTERNAL = 1;

    /** Names of whole numbers that would make a large shape. */
    private final Set<String> large = new HashSet<>();
    /** Names of all others that are constant. */
    private final Set<String> small = new HashSet<>();
    /** Names of the shapes to which something is repeated, which is how a few values become many. */
    private final Set<String> repeatedTo = new HashSet<>();

    private int nodes;
    private int tensors;
    private int metadata;
    private long metadataBytes;

    private OnnxBounds() {}

    /**
     * Checks a file.
     *
     * @throws ModelException if it is none, or beyond the bounds, saying why
     */
    static void check(byte[] onnx) {
        new OnnxBounds().model(new WireMessage(onnx));
    }

    private void model(WireMessage model) {
        boolean graph = false;
        while (model.next()) {
            switch (model.field()) {
                case 7 -> {
                    graph(model.message());
                    graph = true;
                }
                case 14 -> metadata(model.length());
                case 20, 25 ->
                    throw new ModelException("it has training steps or functions, which no model here needs");
                default -> {}
            }
        }
        if (!graph) {
            throw new ModelException("it has no graph");
        }
        for (String shape : repeatedTo) {
            if (large.contains(shape)) {
                throw new ModelException("it asks for results of more than " + LARGEST_SHAPE + " values");
            }
            if (!small.contains(shape)) {
                throw new ModelException(
                        "it asks for results of a size that is no constant, which no model here needs");
            }
        }
    }

    private void metadata(int bytes) {
        metadataBytes += bytes;
        if (++metadata > MOST_METADATA || metadataBytes > MOST_METADATA_BYTES) {
            throw new ModelException("it has more metadata than " + MOST_METADATA + " entries of "
                    + (MOST_METADATA_BYTES >> 20) + " MiB together");
        }
    }

    private void graph(WireMessage graph) {
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> node(graph.message());
                case 5 -> constant(tensor(graph.message()), null);
                case 15 -> throw new ModelException("it has sparse constants, which no model here needs");
                default -> {}
            }
        }
    }

    private void node(WireMessage node) {
        if (++nodes > MOST_NODES) {
            throw new ModelException("its graph has more than " + MOST_NODES + " nodes");
        }
        String operator = "";
        String domain = "";
        String secondInput = "";
        String output = "";
        int inputs = 0;
        Constant value = null;
        while (node.next()) {
            switch (node.field()) {
                case 1 -> {
                    if (++inputs == 2) {
                        secondInput = node.text();
                    }
                }
                case 2 -> output = node.text();
                case 4 -> operator = node.text();
                case 5 -> value = attribute(node.message());
                case 7 -> domain = node.text();
                default -> {}
            }
        }
        if (!OPERATORS.contains(operator) || !(domain.isEmpty() || domain.equals("ai.onnx"))) {
            throw new ModelException(
                    "its graph has the operator '" + shortened(domain.isEmpty() ? operator : domain + "." + operator)
                            + "', which is none of those that models are made of");
        }
        if (operator.equals("Expand")) {
            repeatedTo.add(secondInput);
        }
        if (operator.equals("Constant") && value != null) {
            constant(value, output);
        }
    }

    /** @param name where it is not the constant's own; null otherwise */
    private void constant(Constant constant, String name) {
        (constant.large ? large : small).add(name == null ? constant.name : name);
    }

    /** The constant that it holds; null for none. */
    private Constant attribute(WireMessage attribute) {
        Constant held = null;
        while (attribute.next()) {
            switch (attribute.field()) {
                case 5, 10 -> held = tensor(attribute.message());
                case 6, 11 -> throw new ModelException("its graph has graphs within, which no model here needs");
                case 22, 23 -> throw new ModelException("it has sparse constants, which no model here needs");
                default -> {}
            }
        }
        return held;
    }

    /** @param large whether something of this shape would be too large */
    private record Constant(String name, boolean large) {}

    private Constant tensor(WireMessage tensor) {
        if (++tensors > MOST_TENSORS) {
            throw new ModelException("its graph has more than " + MOST_TENSORS + " constants");
        }
        Shape shape = new Shape();
        Shape values = new Shape();
        String name = "";
        long type = 0;
        long rawBytes = 0;
        long typedBytes = 0;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> tensor.numbers(shape);
                case 2 -> type = tensor.number();
                // Kept apart: which of them is meant depends on the type.
                case 4, 5, 10, 11 -> typedBytes += Math.max(1, tensor.length());
                case 7 -> {
                    typedBytes += Math.max(1, tensor.length());
                    tensor.numbers(values);
                }
                case 8 -> name = tensor.text();
                case 9 -> {
                    rawBytes = tensor.length();
                    tensor.longs(values);
                }
                case 13 -> throw external();
                case 14 -> {
                    if (tensor.number() == EXTERNAL) {
                        throw external();
                    }
                }
                default -> {}
            }
        }
        Integer elementBytes = ELEMENT_BYTES.get(type);
        if (elementBytes == null) {
            throw new ModelException("it has a constant of the type " + type + ", which no model here needs");
        }
        if (shape.count > MOST_DIMENSIONS || shape.isNegative) {
            throw new ModelException("it has a constant of an impossible shape");
        }
        boolean there = rawBytes > 0 ? shape.elements() * elementBytes <= rawBytes : shape.elements() <= typedBytes;
        if (shape.product > Integer.MAX_VALUE || !there) {
            throw new ModelException("it has a constant that says it is larger than its bytes");
        }
        return new Constant(name, type == INT64 && values.product > LARGEST_SHAPE);
    }

    private static ModelException external() {
        return new ModelException("it keeps constants in other files; a model is one file");
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /** Dimensions, or what may be meant as such. */
    private static final class Shape implements WireMessage.Numbers {
        /** Without zeros, and without the signs of those that say "the rest" or count from the end; no more than fits a long. */
        private long product = 1;

        private int count;
        private boolean isNegative;
        private boolean isEmpty;

        long elements() {
            return isEmpty ? 0 : product;
        }

        @Override
        public void add(long number) {
            count++;
            isNegative |= number < 0;
            isEmpty |= number == 0;
            long size = Math.max(1, number == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(number));
            product = size > Long.MAX_VALUE / product ? Long.MAX_VALUE : product * size;
        }
    }
}

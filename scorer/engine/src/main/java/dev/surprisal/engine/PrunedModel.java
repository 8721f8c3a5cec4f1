package dev.surprisal.engine;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An ONNX model cut down to what one of its outputs needs: ONNX Runtime computes all nodes of a graph, whichever outputs are asked for.
 *
 * <p>So one graph in the file serves for two sessions, and its weights are there once.
 */
final class PrunedModel {

    /** Of ModelProto. */
    private static final int GRAPH = 7;

    // Of GraphProto.
    private static final int NODE = 1;
    private static final int CONSTANT = 5;
    private static final int OUTPUT = 12;

    // Of NodeProto.
    private static final int NODE_INPUT = 1;
    private static final int NODE_OUTPUT = 2;

    private static final int CONSTANT_NAME = 8;
    private static final int OUTPUT_NAME = 1;

    private PrunedModel() {}

    /** The model with that output alone. Nodes come after those whose results they take, as ONNX has it. */
    static byte[] of(byte[] onnx, String output) {
        ByteArrayOutputStream pruned = new ByteArrayOutputStream(onnx.length);
        WireMessage model = new WireMessage(onnx);
        while (model.next()) {
            if (model.field() == GRAPH) {
                WireMessage.write(pruned, GRAPH, graph(model, output));
            } else {
                model.copyTo(pruned);
            }
        }
        return pruned.toByteArray();
    }

    private static byte[] graph(WireMessage model, String output) {
        Set<String> needed = new HashSet<>(Set.of(output));
        Deque<Node> nodes = new ArrayDeque<>();
        WireMessage read = model.message();
        while (read.next()) {
            if (read.field() == NODE) {
                nodes.push(Node.of(read.message()));
            }
        }
        for (Node node : nodes) {
            if (node.outputs.stream().anyMatch(needed::contains)) {
                needed.addAll(node.outputs);
                needed.addAll(node.inputs);
            }
        }
        ByteArrayOutputStream pruned = new ByteArrayOutputStream();
        WireMessage graph = model.message();
        while (graph.next()) {
            boolean kept = switch (graph.field()) {
                case NODE -> needed.containsAll(Node.of(graph.message()).outputs);
                case CONSTANT -> needed.contains(text(graph.message(), CONSTANT_NAME));
                case OUTPUT -> output.equals(text(graph.message(), OUTPUT_NAME));
                default -> true;
            };
            if (kept) {
                graph.copyTo(pruned);
            }
        }
        return pruned.toByteArray();
    }

    private static String text(WireMessage message, int field) {
        String text = "";
        while (message.next()) {
            if (message.field() == field) {
                text = message.text();
            }
        }
        return text;
    }

    private record Node(List<String> inputs, List<String> outputs) {
        static Node of(WireMessage node) {
            Node names = new Node(new ArrayList<>(), new ArrayList<>());
            while (node.next()) {
                switch (node.field()) {
                    case NODE_INPUT -> names.inputs.add(node.text());
                    case NODE_OUTPUT -> names.outputs.add(node.text());
                    default -> {}
                }
            }
            return names;
        }
    }
}

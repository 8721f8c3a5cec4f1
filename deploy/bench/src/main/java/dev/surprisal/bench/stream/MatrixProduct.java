package dev.surprisal.bench.stream;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** The product of two large square matrices in ONNX Runtime, on one thread: as fast as this machine multiplies with it. */
final class MatrixProduct implements AutoCloseable {

    private static final int SIZE = 768;

    private final OrtSession session;
    private final OnnxTensor left;
    private final OnnxTensor product;

    MatrixProduct() throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = environment.createSession(model(), options);
        }
        long[] shape = {SIZE, SIZE};
        left = OnnxTensor.createTensor(environment, numbers().asFloatBuffer(), shape);
        product = OnnxTensor.createTensor(
                environment,
                ByteBuffer.allocateDirect(SIZE * SIZE * Float.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer(),
                shape);
    }

    /** Floating-point operations per second over so many products. */
    double measure(int products) throws OrtException {
        long start = System.nanoTime();
        for (int i = 0; i < products; i++) {
            session.run(Map.of("a", left), Set.of(), Map.of("c", product)).close();
        }
        return products * 2.0 * SIZE * SIZE * SIZE / ((System.nanoTime() - start) / 1e9);
    }

    private static byte[] model() {
        TensorProto right = TensorProto.newBuilder()
                .setName("b")
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addDims(SIZE)
                .addDims(SIZE)
                .setRawData(ByteString.copyFrom(numbers()))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .setName("product")
                        .addInput(matrix("a"))
                        .addInitializer(right)
                        .addNode(NodeProto.newBuilder()
                                .setOpType("MatMul")
                                .addInput("a")
                                .addInput("b")
                                .addOutput("c"))
                        .addOutput(matrix("c")))
                .build()
                .toByteArray();
    }

    private static ValueInfoProto matrix(String name) {
        TensorShapeProto.Dimension side =
                TensorShapeProto.Dimension.newBuilder().setDimValue(SIZE).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(side)
                                        .addDim(side))))
                .build();
    }

    private static ByteBuffer numbers() {
        Random random = new Random(1);
        ByteBuffer numbers =
                ByteBuffer.allocateDirect(SIZE * SIZE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (numbers.hasRemaining()) {
            numbers.putFloat(random.nextFloat());
        }
        return numbers.flip();
    }

    @Override
    public void close() throws OrtException {
        left.close();
        product.close();
        session.close();
    }
}

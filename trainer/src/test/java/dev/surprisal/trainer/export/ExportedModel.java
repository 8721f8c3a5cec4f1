package dev.surprisal.trainer.export;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.surprisal.trainer.data.EncodedRows;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** An exported model in ONNX Runtime, with the settings that it is served with. */
final class ExportedModel implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    ExportedModel(byte[] onnx) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(onnx, options);
        }
    }

    OrtSession session() {
        return session;
    }

    /** The outputs by name, row-major; whole numbers become floating ones. */
    Map<String, float[]> run(EncodedRows rows) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            if (rows.numberColumns() > 0) {
                long[] shape = {rows.size(), rows.numberColumns()};
                inputs.put("numbers", OnnxTensor.createTensor(environment, FloatBuffer.wrap(rows.numbers()), shape));
            }
            if (rows.categoryColumns() > 0) {
                long[] codes = Arrays.stream(rows.categories()).asLongStream().toArray();
                long[] shape = {rows.size(), rows.categoryColumns()};
                inputs.put("categories", OnnxTensor.createTensor(environment, LongBuffer.wrap(codes), shape));
            }
            Map<String, float[]> outputs = new TreeMap<>();
            try (OrtSession.Result result = session.run(inputs)) {
                for (Map.Entry<String, OnnxValue> output : result) {
                    outputs.put(output.getKey(), values((OnnxTensor) output.getValue()));
                }
            }
            return outputs;
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private static float[] values(OnnxTensor tensor) {
        if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
            FloatBuffer buffer = tensor.getFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
        LongBuffer buffer = tensor.getLongBuffer();
        float[] values = new float[buffer.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.get(i);
        }
        return values;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}

package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.Dense;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.TrainedVae.Mixture;
import dev.surprisal.trainer.vae.VaeScores;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The exported graph, run by ONNX Runtime, against the trainer's own arithmetic. */
class OnnxExporterTest {

    private static final double PARITY = 1e-4;
    private static final List<NumberLikelihood> EVERY_KIND = List.of(
            NumberLikelihood.BERNOULLI,
            NumberLikelihood.STUDENT_T,
            NumberLikelihood.GAUSSIAN,
            NumberLikelihood.STUDENT_T,
            NumberLikelihood.BERNOULLI);
    private static final List<Categorical> CATEGORIES = List.of(new Categorical(3, 0.01), new Categorical(70, 0.001));

    static Stream<Arguments> models() {
        return Stream.of(1, 64)
                .flatMap(components -> Stream.of(
                        Arguments.of("every kind of number and categories", EVERY_KIND, CATEGORIES, components),
                        Arguments.of(
                                "one kind of number",
                                Collections.nCopies(4, NumberLikelihood.STUDENT_T),
                                List.of(),
                                components),
                        Arguments.of("categories alone", List.of(), CATEGORIES, components)));
    }

    @ParameterizedTest(name = "{0}, {3} components")
    @MethodSource("models")
    void agreesWithTheTrainer(String name, List<NumberLikelihood> numbers, List<Categorical> categories, int components)
            throws Exception {
        Random random = new Random(7);
        TrainedVae vae = vae(new Columns(numbers, categories), components, random);
        EncodedRows rows = rows(vae.columns(), 500, random);
        float[][] noise = LatentNoise.of(8, vae.latentSize());

        VaeScores expected = VaeScores.of(vae, noise, rows);
        Map<String, Object> scored = run(OnnxExporter.export(vae, noise), rows);

        float[] elbo = (float[]) scored.get("elbo");
        float[] logLikelihood = (float[]) scored.get("log_likelihood");
        float[] reconstruction = (float[]) scored.get("reconstruction_log_probability");
        float[][] fields = (float[][]) scored.get("field_log_probability");
        for (int i = 0; i < rows.size(); i++) {
            assertThat((double) elbo[i]).isCloseTo(expected.elbo()[i], parity(expected.elbo()[i]));
            assertThat((double) logLikelihood[i])
                    .isCloseTo(expected.logLikelihood()[i], parity(expected.logLikelihood()[i]));
            assertThat((double) reconstruction[i])
                    .isCloseTo(
                            expected.reconstructionLogProbability()[i],
                            parity(expected.reconstructionLogProbability()[i]));
            for (int j = 0; j < fields[i].length; j++) {
                assertThat((double) fields[i][j])
                        .isCloseTo(expected.fieldLogProbability()[i][j], parity(expected.fieldLogProbability()[i][j]));
            }
        }
    }

    @Test
    void staysFiniteAtTheEndsOfTheRange() throws Exception {
        Random random = new Random(3);
        TrainedVae vae = vae(new Columns(EVERY_KIND, CATEGORIES), 64, random);
        float[] extremes = {Float.MAX_VALUE, -Float.MAX_VALUE, 1e30f, Float.MIN_VALUE, Float.NaN};
        float[] numbers = new float[5 * 20];
        int[] categories = new int[2 * 20];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = extremes[random.nextInt(extremes.length)];
        }
        for (int i = 0; i < categories.length; i++) {
            categories[i] = random.nextInt(200) - 1;
        }

        Map<String, Object> scored =
                run(OnnxExporter.export(vae, LatentNoise.of(4, 16)), new EncodedRows(20, 5, 2, numbers, categories));

        for (String output : List.of("elbo", "log_likelihood", "reconstruction_log_probability")) {
            for (float value : (float[]) scored.get(output)) {
                assertThat(value).as(output).isFinite();
            }
        }
    }

    @Test
    void givesTheSameBytesForTheSameModel() {
        TrainedVae vae = vae(new Columns(EVERY_KIND, CATEGORIES), 4, new Random(1));
        float[][] noise = LatentNoise.of(4, 16);

        assertThat(OnnxExporter.export(vae, noise)).isEqualTo(OnnxExporter.export(vae, noise));
    }

    @Test
    void carriesMetadata() throws Exception {
        byte[] model =
                OnnxExporter.export(vae(new Columns(EVERY_KIND, CATEGORIES), 4, new Random(1)), LatentNoise.of(4, 16));

        byte[] once = OnnxExporter.withMetadata(model, Map.of("a", "1", "b", "2"));
        byte[] twice = OnnxExporter.withMetadata(once, Map.of("b", "3"));

        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(twice)) {
            assertThat(session.getMetadata().getCustomMetadata()).isEqualTo(Map.of("b", "3"));
        }
    }

    /** A ten-thousandth of a nat; of hundreds of nats, what a float can hold. */
    private static Offset<Double> parity(double expected) {
        return within(PARITY + 1e-6 * Math.abs(expected));
    }

    private static Map<String, Object> run(byte[] model, EncodedRows rows) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        if (rows.numberColumns() > 0) {
            inputs.put("numbers", OnnxTensor.createTensor(environment, FloatBuffer.wrap(rows.numbers()), new long[] {
                rows.size(), rows.numberColumns()
            }));
        }
        if (rows.categoryColumns() > 0) {
            long[] codes = new long[rows.categories().length];
            for (int i = 0; i < codes.length; i++) {
                codes[i] = rows.categories()[i];
            }
            inputs.put("categories", OnnxTensor.createTensor(environment, LongBuffer.wrap(codes), new long[] {
                rows.size(), rows.categoryColumns()
            }));
        }
        Map<String, Object> outputs = new HashMap<>();
        try (OrtSession session = environment.createSession(model);
                OrtSession.Result result = session.run(inputs)) {
            for (Map.Entry<String, OnnxValue> output : result) {
                outputs.put(output.getKey(), output.getValue().getValue());
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
        return outputs;
    }

    private static TrainedVae vae(Columns columns, int components, Random random) {
        int d = columns.numbers().size();
        int latent = 16;
        float[] degrees = new float[d];
        for (int j = 0; j < d; j++) {
            degrees[j] = columns.numbers().get(j) == NumberLikelihood.STUDENT_T
                    ? 2.1f + 10 * random.nextFloat()
                    : Float.POSITIVE_INFINITY;
        }
        float[] scale = normal(d, 0.1, random);
        float[] deviation = normal(d, 0.3, random);
        for (int j = 0; j < d; j++) {
            scale[j] = 0.3f + Math.abs(scale[j]);
            deviation[j] = 1 + Math.abs(deviation[j]);
        }
        float[] logWeight = new float[components];
        Arrays.fill(logWeight, (float) -Math.log(components));
        boolean standard = components == 1;
        return new TrainedVae(
                columns,
                normal(d, 2, random),
                deviation,
                List.of(dense(d + columns.oneHotWidth(), 32, random), dense(32, 32, random)),
                dense(32, 2 * latent, random),
                List.of(dense(latent, 32, random), dense(32, 32, random)),
                dense(32, d + columns.oneHotWidth(), random),
                scale,
                degrees,
                new Mixture(
                        components,
                        normal(components * latent, standard ? 0 : 1, random),
                        normal(components * latent, standard ? 0 : 0.5, random),
                        logWeight));
    }

    private static Dense dense(int inputs, int outputs, Random random) {
        return new Dense(
                inputs, outputs, normal(inputs * outputs, 1 / Math.sqrt(inputs), random), normal(outputs, 0.1, random));
    }

    private static float[] normal(int length, double deviation, Random random) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** Rows with missing, unseen and out-of-range values. */
    private static EncodedRows rows(Columns columns, int size, Random random) {
        int d = columns.numbers().size();
        int c = columns.categories().size();
        float[] numbers = normal(size * d, 3, random);
        int[] categories = new int[size * c];
        for (int i = 0; i < numbers.length; i++) {
            if (columns.numbers().get(i % d) == NumberLikelihood.BERNOULLI) {
                numbers[i] = random.nextInt(2);
            }
            numbers[i] = random.nextInt(10) == 0 ? Float.NaN : numbers[i];
        }
        for (int i = 0; i < categories.length; i++) {
            categories[i] = random.nextInt(columns.categories().get(i % c).values() + 4) - 1;
        }
        return new EncodedRows(size, d, c, numbers, categories);
    }
}

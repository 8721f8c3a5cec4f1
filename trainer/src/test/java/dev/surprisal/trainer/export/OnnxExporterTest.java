package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae;
import dev.surprisal.trainer.vae.VaeScores;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exported graph, run by ONNX Runtime, against the formulas written out. */
class OnnxExporterTest {

    private static final List<NumberLikelihood> EVERY_KIND = List.of(
            NumberLikelihood.BERNOULLI,
            NumberLikelihood.STUDENT_T,
            NumberLikelihood.GAUSSIAN,
            NumberLikelihood.STUDENT_T,
            NumberLikelihood.NEGATIVE_BINOMIAL,
            NumberLikelihood.HETEROSCEDASTIC,
            NumberLikelihood.BERNOULLI);
    private static final List<Categorical> CATEGORIES = List.of(
            new Categorical(3, 0.01), new Categorical(70, 0.001), new Categorical(1, 0.2), new Categorical(4, 0.1));
    private static final Columns EVERYTHING = new Columns(EVERY_KIND, CATEGORIES);
    private static final int FIELDS = EVERY_KIND.size() + CATEGORIES.size();
    private static final RandomVae SMALL = new RandomVae(32, 16, 64, 1.4);

    static Stream<Arguments> models() {
        return Stream.of(1, 256)
                .flatMap(components -> Stream.of(
                        Arguments.of("every kind of number and categories", EVERY_KIND, CATEGORIES, components),
                        Arguments.of("Student's t", same(NumberLikelihood.STUDENT_T), List.of(), components),
                        Arguments.of("Gaussian", same(NumberLikelihood.GAUSSIAN), List.of(), components),
                        Arguments.of("heteroscedastic", same(NumberLikelihood.HETEROSCEDASTIC), List.of(), components),
                        Arguments.of("Bernoulli", same(NumberLikelihood.BERNOULLI), List.of(), components),
                        Arguments.of(
                                "negative binomial", same(NumberLikelihood.NEGATIVE_BINOMIAL), List.of(), components),
                        Arguments.of("categories alone", List.of(), CATEGORIES, components)));
    }

    private static List<NumberLikelihood> same(NumberLikelihood kind) {
        return Collections.nCopies(4, kind);
    }

    @ParameterizedTest(name = "{0}, {3} components")
    @MethodSource("models")
    void computesTheFormulas(String name, List<NumberLikelihood> numbers, List<Categorical> categories, int components)
            throws Exception {
        Random random = new Random(7);
        Columns columns = new Columns(numbers, categories);
        TrainedVae vae = new RandomVae(32, 16, components, 1.4).make(columns, random);
        EncodedRows rows = RandomVae.rows(columns, 100, random);
        float[][] noise = LatentNoise.of(16, 16);
        double[] atMean = VaeScores.of(vae, new float[1][16], rows).elbo();
        try (ExportedModel look = new ExportedModel(OnnxExporter.exportFirstLook(List.of(vae)))) {
            Map<String, float[]> all = look.run(rows);
            float[] looked = all.get("first_look");
            for (int row = 0; row < rows.size(); row++) {
                assertThat((double) looked[row])
                        .as("first look at row %d", row)
                        .isCloseTo(atMean[row], Parity.nats(atMean[row]));
                assertExpectationsAtMean(all, new WrittenOutScores(vae, new float[1][16], rows, row), row);
            }
        }

        Map<String, float[]> outputs = run(OnnxExporter.export(vae, noise), rows);

        int d = numbers.size();
        int c = categories.size();
        for (int row = 0; row < rows.size(); row++) {
            WrittenOutScores expected = new WrittenOutScores(vae, noise, rows, row);
            assertNats(outputs, "elbo", row, expected.elbo);
            assertNats(outputs, "log_likelihood", row, expected.logLikelihood);
            assertNats(outputs, "reconstruction_log_probability", row, expected.reconstructionLogProbability);
            assertNats(outputs, "field_log_probability", row, expected.fieldLogProbability);
            assertNats(outputs, "latent_mean", row, expected.latentMean);
            assertThat(d > 0).isEqualTo(outputs.containsKey("expected_numbers"));
            for (int j = 0; j < d; j++) {
                Parity.assertExpected(
                        outputs, row * d + j, expected.elbo, expected.expectedNumbers[j], expected.numberScale[j]);
            }
            for (int j = 0; j < c; j++) {
                double[] probabilities = expected.probabilities[j];
                int code = (int) outputs.get("expected_categories")[row * c + j];
                assertThat(probabilities[code - 1])
                        .isCloseTo(
                                Arrays.stream(probabilities).max().orElseThrow(),
                                within(2 * Parity.weightError(expected.elbo)));
            }
        }
    }

    private static void assertExpectationsAtMean(Map<String, float[]> outputs, WrittenOutScores expected, int row) {
        int d = expected.expectedNumbers.length;
        for (int j = 0; j < d; j++) {
            Parity.assertExpected(
                    outputs, row * d + j, expected.elbo, expected.expectedNumbers[j], expected.numberScale[j]);
        }
        double[] probabilities = Arrays.stream(expected.probabilities)
                .flatMapToDouble(Arrays::stream)
                .toArray();
        for (int i = 0; i < probabilities.length; i++) {
            assertThat((double) outputs.get("category_probabilities")[row * probabilities.length + i])
                    .isCloseTo(probabilities[i], within(1e-4));
        }
    }

    static Stream<Arguments> trainedAlike() {
        return Stream.of(Arguments.of(1, 8), Arguments.of(1, 16), Arguments.of(3, 16));
    }

    @ParameterizedTest(name = "{0} members, {1} samples")
    @MethodSource("trainedAlike")
    void agreesWithTheTrainer(int size, int samples) throws Exception {
        Random random = new Random(11);
        TrainedVae first = SMALL.make(EVERYTHING, random);
        List<TrainedVae> members = new ArrayList<>(List.of(first));
        while (members.size() < size) {
            members.add(standardisedAs(first, SMALL.make(EVERYTHING, random)));
        }
        EncodedRows rows = RandomVae.rows(EVERYTHING, 700, random);
        float[][] noise = LatentNoise.of(samples, 16);

        Map<String, float[]> outputs = run(OnnxExporter.export(members, noise), rows);

        new Parity(VaeScores.of(members, noise, rows)).check(outputs);
    }

    @ParameterizedTest
    @ValueSource(floats = {0.0302f, 0.1f, 1, 10, 33})
    void countsOfAnySizeHaveExactProbabilities(float scale) throws Exception {
        int magnitudes = 10;
        Random random = new Random(5);
        Columns columns = new Columns(Collections.nCopies(magnitudes, NumberLikelihood.NEGATIVE_BINOMIAL), List.of());
        TrainedVae vae = SMALL.make(columns, random);
        float[] counts = new float[200 * magnitudes];
        for (int j = 0; j < magnitudes; j++) {
            vae.mean()[j] = (float) Math.pow(10, j);
            vae.deviation()[j] = vae.mean()[j];
            vae.scale()[j] = scale;
            for (int at = j; at < counts.length; at += magnitudes) {
                counts[at] = (float) Math.floor(vae.mean()[j] * Math.exp(random.nextGaussian() - 0.5));
            }
        }
        EncodedRows rows = new EncodedRows(200, magnitudes, 0, counts, new int[0]);
        float[][] noise = LatentNoise.of(16, 16);

        Map<String, float[]> outputs = run(OnnxExporter.export(vae, noise), rows);

        VaeScores trainer = VaeScores.of(vae, noise, rows);
        for (int row = 0; row < rows.size(); row++) {
            WrittenOutScores expected = new WrittenOutScores(vae, noise, rows, row);
            assertNats(outputs, "field_log_probability", row, expected.fieldLogProbability);
            assertNats(outputs, "field_log_probability", row, trainer.fieldLogProbability()[row]);
            for (int j = 0; j < magnitudes; j++) {
                Parity.assertExpected(
                        outputs,
                        row * magnitudes + j,
                        expected.elbo,
                        expected.expectedNumbers[j],
                        expected.numberScale[j]);
            }
        }
    }

    @Test
    void whatIsNoCountIsCutToOne() throws Exception {
        Columns columns = new Columns(Collections.nCopies(2, NumberLikelihood.NEGATIVE_BINOMIAL), List.of());
        TrainedVae vae = SMALL.make(columns, new Random(4));
        EncodedRows rows = new EncodedRows(1, 2, 0, new float[] {-3, 2.7f}, new int[0]);
        float[][] noise = LatentNoise.of(16, 16);

        Map<String, float[]> outputs = run(OnnxExporter.export(vae, noise), rows);

        assertNats(
                outputs,
                "field_log_probability",
                0,
                VaeScores.of(vae, noise, rows).fieldLogProbability()[0]);
    }

    @Test
    void staysFiniteAtTheEndsOfTheRange() throws Exception {
        for (int components : new int[] {1, 64}) {
            Random random = new Random(components);
            TrainedVae vae = new RandomVae(32, 16, components, 20).make(EVERYTHING, random);

            Map<String, float[]> outputs = run(
                    OnnxExporter.export(vae, LatentNoise.of(16, 16)), RandomVae.extremeRows(EVERYTHING, 500, random));

            outputs.forEach((name, values) -> {
                for (float value : values) {
                    assertThat(value).as(name).isFinite();
                }
            });
        }
    }

    @Test
    void missingFieldsContributeNothing() throws Exception {
        TrainedVae vae = SMALL.make(EVERYTHING, new Random(2));
        float[] missing = new float[EVERY_KIND.size()];
        Arrays.fill(missing, Float.NaN);
        int[] noCodes = new int[CATEGORIES.size()];
        Arrays.fill(noCodes, -1);

        Map<String, float[]> outputs = run(
                OnnxExporter.export(vae, LatentNoise.of(16, 16)),
                new EncodedRows(1, missing.length, noCodes.length, missing, noCodes));

        assertThat(outputs.get("field_log_probability")).containsOnly(0);
        assertThat(outputs.get("reconstruction_log_probability")).containsOnly(0);
    }

    @Test
    void givesTheSameBytesForTheSameModel() {
        TrainedVae vae = SMALL.make(EVERYTHING, new Random(1));

        assertThat(OnnxExporter.export(vae, LatentNoise.of(4, 16)))
                .isEqualTo(OnnxExporter.export(vae, LatentNoise.of(4, 16)));
    }

    @Test
    void anEnsembleIsTheMixtureOfItsMembers() throws Exception {
        Random random = new Random(3);
        TrainedVae first = SMALL.make(EVERYTHING, random);
        List<TrainedVae> members = List.of(
                first,
                standardisedAs(first, SMALL.make(EVERYTHING, random)),
                standardisedAs(first, SMALL.make(EVERYTHING, random)));
        EncodedRows rows = RandomVae.rows(EVERYTHING, 100, random);
        float[][] noise = LatentNoise.of(16, 16);

        Map<String, float[]> ensemble = run(OnnxExporter.export(members, noise), rows);
        List<Map<String, float[]>> alone = new ArrayList<>();
        for (TrainedVae member : members) {
            alone.add(run(OnnxExporter.export(member, noise), rows));
        }

        for (int row = 0; row < rows.size(); row++) {
            for (String mean : List.of("elbo", "reconstruction_log_probability")) {
                assertNats(ensemble, mean, row, average(alone, mean, row));
            }
            int at = row;
            double sum = alone.stream()
                    .mapToDouble(outputs -> Math.exp(outputs.get("log_likelihood")[at]))
                    .sum();
            assertNats(ensemble, "log_likelihood", row, Math.log(sum / 3));
            for (int field = 0; field < FIELDS; field++) {
                int place = row * FIELDS + field;
                assertThat((double) ensemble.get("field_log_probability")[place])
                        .isCloseTo(
                                average(alone, "field_log_probability", place),
                                Parity.nats(average(alone, "field_log_probability", place)));
            }
        }
        assertThat(ensemble.get("latent_mean")).isEqualTo(alone.get(0).get("latent_mean"));
        assertThat(OnnxExporter.export(List.of(first), noise)).isEqualTo(OnnxExporter.export(first, noise));
    }

    @Test
    void refusesAnEnsembleOfModelsOfDifferentRecords() {
        TrainedVae one = SMALL.make(EVERYTHING, new Random(1));
        TrainedVae other = SMALL.make(EVERYTHING, new Random(2));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxExporter.export(List.of(one, other), LatentNoise.of(4, 16)));
    }

    private static double average(List<Map<String, float[]>> outputs, String name, int place) {
        return outputs.stream()
                .mapToDouble(output -> output.get(name)[place])
                .average()
                .orElseThrow();
    }

    private static TrainedVae standardisedAs(TrainedVae first, TrainedVae vae) {
        return new TrainedVae(
                vae.columns(),
                first.mean(),
                first.deviation(),
                vae.encoder(),
                vae.posterior(),
                vae.decoder(),
                vae.head(),
                vae.scale(),
                vae.degreesOfFreedom(),
                vae.prior());
    }

    @Test
    void carriesMetadata() throws Exception {
        byte[] model = OnnxExporter.export(SMALL.make(EVERYTHING, new Random(1)), LatentNoise.of(4, 16));

        byte[] once = OnnxExporter.withMetadata(model, Map.of("a", "1", "b", "2"));
        byte[] twice = OnnxExporter.withMetadata(once, Map.of("b", "3"));

        try (ExportedModel exported = new ExportedModel(twice)) {
            assertThat(exported.session().getMetadata().getProducerName()).isEqualTo("surprisal");
            assertThat(exported.session().getMetadata().getCustomMetadata()).isEqualTo(Map.of("b", "3"));
        }
        assertThat(OnnxExporter.withMetadata(twice, Map.of())).isEqualTo(model);
    }

    @Test
    void refusesBytesThatAreNoModel() {
        byte[] text = "no model".getBytes(StandardCharsets.UTF_8);

        assertThatIllegalArgumentException().isThrownBy(() -> OnnxExporter.withMetadata(text, Map.of()));
    }

    private static Map<String, float[]> run(byte[] model, EncodedRows rows) throws Exception {
        try (ExportedModel exported = new ExportedModel(model)) {
            return exported.run(rows);
        }
    }

    private static void assertNats(Map<String, float[]> outputs, String name, int row, double... expected) {
        for (int column = 0; column < expected.length; column++) {
            assertThat((double) outputs.get(name)[row * expected.length + column])
                    .as("%s of row %d, column %d", name, row, column)
                    .isCloseTo(expected[column], Parity.nats(expected[column]));
        }
    }
}

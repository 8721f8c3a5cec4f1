package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.export.LatentNoise;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VaeTrainerTest {

    private static final VaeConfig SMALL = new VaeConfig(3, List.of(16), 8, 64, 400, 5e-3, 0, 0, 1);

    @Test
    void theSameRowsAndSeedGiveTheSameBits() {
        EncodedRows rows = correlated(500, new Random(1));

        TrainedVae first = fit(rows, SMALL);
        TrainedVae second = fit(rows, SMALL);

        assertThat(first.head().weights()).isEqualTo(second.head().weights());
        assertThat(first.encoder().get(0).weights())
                .isEqualTo(second.encoder().get(0).weights());
        assertThat(first.prior().mean()).isEqualTo(second.prior().mean());
        assertThat(first.scale()).isEqualTo(second.scale());
    }

    @Test
    void theBoundRisesAndTellsPlantedOutliersApart() {
        Random random = new Random(2);
        EncodedRows rows = correlated(2_000, random);
        List<Double> bounds = new ArrayList<>();

        TrainedVae vae = VaeTrainer.fit(rows, numbers(4), SMALL, (step, steps, bound) -> bounds.add(bound));

        assertThat(bounds).hasSize(SMALL.steps());
        assertThat(bounds.get(bounds.size() - 1)).isGreaterThan(bounds.get(10) + 1);
        EncodedRows fresh = correlated(500, random);
        EncodedRows broken = correlated(500, random);
        for (int i = 0; i < broken.numbers().length; i += 4) {
            // Each value is usual by itself; what is broken is how they go together.
            broken.numbers()[i] = -broken.numbers()[i];
        }
        assertThat(median(score(vae, fresh))).isGreaterThan(median(score(vae, broken)) + 3);
    }

    static Stream<Arguments> badRows() {
        Random random = new Random(3);
        float[] constant = new float[400];
        Arrays.fill(constant, 7);
        float[] oneMissing = correlated(100, random).numbers();
        float[] huge = correlated(100, random).numbers();
        float[] extremes = correlated(100, random).numbers();
        for (int i = 0; i < 400; i += 4) {
            oneMissing[i] = Float.NaN;
            huge[i] = i == 0 ? 1e30f : 1e-30f;
            extremes[i] = i % 8 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE;
        }
        float[] allMissing = new float[400];
        Arrays.fill(allMissing, Float.NaN);
        return Stream.of(
                Arguments.of("constant fields", constant),
                Arguments.of("a field without values", oneMissing),
                Arguments.of("no values at all", allMissing),
                Arguments.of("1e30 beside 1e-30", huge),
                Arguments.of("the ends of the range", extremes),
                Arguments.of("one row", new float[] {1, 2, 3, 4}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badRows")
    void oddDataGiveAFiniteModel(String name, float[] numbers) {
        EncodedRows rows = new EncodedRows(numbers.length / 4, 4, 0, numbers, new int[0]);

        TrainedVae vae = fit(rows, SMALL);

        assertThat(score(vae, rows)).doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    }

    @Test
    void learnsWhichCategoriesGoTogether() {
        Random random = new Random(4);
        int[] codes = new int[4_000];
        for (int i = 0; i < codes.length; i += 2) {
            codes[i] = 1 + random.nextInt(3);
            codes[i + 1] = codes[i];
        }
        Columns columns = new Columns(List.of(), List.of(new Categorical(3, 0.001), new Categorical(3, 0.001)));
        TrainedVae vae = VaeTrainer.fit(
                new EncodedRows(2_000, 0, 2, new float[0], codes), columns, SMALL, (step, steps, bound) -> {});

        double[] scores = score(vae, new EncodedRows(3, 0, 2, new float[0], new int[] {1, 1, 1, 2, 0, 1}));

        assertThat(scores[0]).isGreaterThan(scores[1] + 2);
        assertThat(scores[1]).isLessThan(-3);
        assertThat(scores[2]).as("a value never seen").isLessThan(-6);
    }

    @Test
    void hiddenValuesTeachItToScoreRecordsWithMissingOnes() {
        Random random = new Random(5);
        EncodedRows rows = correlated(2_000, random);
        EncodedRows known = correlated(500, random);
        for (int i = 0; i < known.numbers().length; i++) {
            // The third of four numbers that follow one is missing, and the first.
            known.numbers()[i] = i % 2 == 0 ? Float.NaN : known.numbers()[i];
        }
        VaeConfig masked = new VaeConfig(3, List.of(16), 8, 64, 400, 5e-3, 0, 0.5, 1);

        assertThat(median(score(fit(rows, masked), known))).isGreaterThan(median(score(fit(rows, SMALL), known)) + 0.3);
    }

    @Test
    void stopsWhereItIsInterrupted() {
        EncodedRows rows = correlated(500, new Random(1));

        assertThatThrownBy(() -> VaeTrainer.fit(rows, numbers(4), SMALL, (step, steps, bound) -> {
                    if (step == 5) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void needsRows() {
        EncodedRows none = new EncodedRows(0, 4, 0, new float[0], new int[0]);

        assertThatThrownBy(() -> fit(none, SMALL)).isInstanceOf(TrainingException.class);
    }

    private static TrainedVae fit(EncodedRows rows, VaeConfig config) {
        return VaeTrainer.fit(rows, numbers(4), config, (step, steps, bound) -> {});
    }

    private static Columns numbers(int count) {
        return new Columns(Collections.nCopies(count, NumberLikelihood.STUDENT_T), List.of());
    }

    /** Four numbers that follow one. */
    private static EncodedRows correlated(int size, Random random) {
        float[] numbers = new float[size * 4];
        for (int i = 0; i < size; i++) {
            double common = random.nextGaussian();
            for (int j = 0; j < 4; j++) {
                numbers[i * 4 + j] = (float) ((j + 1) * common + 0.1 * random.nextGaussian());
            }
        }
        return new EncodedRows(size, 4, 0, numbers, new int[0]);
    }

    private static double[] score(TrainedVae vae, EncodedRows rows) {
        return VaeScores.of(vae, LatentNoise.of(8, vae.latentSize()), rows).elbo();
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }
}

package dev.surprisal.scorer.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.schemas.model.DriftReference;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.scorer.drift.DriftListener.Change;
import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.RowSample;
import dev.surprisal.scorer.stream.ScoredBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftMonitorTest {

    private static final int WINDOW = 10_000;
    private static final int EVERY = 10;
    private static final int BATCH = 500;
    private static final ModelCard CARD = TinyModel.card(9_999);

    private final List<Change> changes = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(3);
    private DriftMonitor monitor = monitor(WINDOW);

    private float amountFactor = 1;
    private double missingAges = 0.05;
    private double unknownCountries;
    private double scoreShift;

    private DriftMonitor monitor(int window) {
        return new DriftMonitor(new DriftOptions(window), (change, report) -> changes.add(change));
    }

    @Test
    void saysWhatItWaitsForBeforeThereIsAnything() {
        assertThat(monitor.report().off()).isEqualTo("no record has been scored yet");
        assertThat(new DriftMonitor(DriftOptions.OFF, (change, report) -> {})
                        .report()
                        .off())
                .isEqualTo("drift-window is off");
    }

    @Test
    void aModelWithoutAReferenceTurnsItOff() {
        ModelCard old = CARD.withReference(null);
        monitor.scored(batch(old, 100));
        assertThat(monitor.report().off()).contains("does not say what its training data were like");
        assertThat(changes).isEmpty();
    }

    @Test
    void aUnitChangeIsFoundInTheWindowInWhichItComesAndTheFieldIsNamed() {
        // Given
        run(3 * WINDOW);
        assertThat(changes).isEmpty();
        assertThat(monitor.report().windows()).isEqualTo(3);
        assertThat(monitor.report().fields().get(0).labels())
                .startsWith("missing", "below 39", "from 39 to 43", "above 43 to 47")
                .endsWith("above 59");
        assertThat(monitor.report().state()).isEqualTo(DriftState.STABLE);

        // When cents are sent instead of euros
        amountFactor = 100;
        run(WINDOW);

        // Then
        assertThat(changes).hasSize(1);
        Change change = changes.get(0);
        assertThat(change.field()).isEqualTo("amount");
        assertThat(change.before()).isEqualTo(DriftState.STABLE);
        assertThat(change.now()).isEqualTo(DriftState.DRIFTED);
        assertThat(change.index()).isGreaterThan(1);
        assertThat(change.sentence())
                .matches("amount is 49\\d\\d in the median, 90 % from 4\\d00 to 5\\d00, where 51 is usual");
        assertThat(monitor.report().retrainBecauseOf()).containsExactly("amount");

        // When they are euros again
        amountFactor = 1;
        run(WINDOW);
        assertThat(changes).hasSize(1);
        run(WINDOW);

        // Then two windows in a row say so
        assertThat(changes).hasSize(2);
        assertThat(changes.get(1).now()).isEqualTo(DriftState.STABLE);
        assertThat(changes.get(1).sentence()).isEqualTo("amount is as in training again");
    }

    @Test
    void missingValuesAndValuesThatTrainingDidNotKnowAreDrift() {
        missingAges = 0.5;
        unknownCountries = 0.3;
        run(WINDOW);
        assertThat(changes).extracting(Change::field).containsExactly("age", "country");
        assertThat(changes.get(0).sentence())
                .matches("age is missing in (4|5)\\d % of the records, where 5 % is usual");
        assertThat(changes.get(1).sentence())
                .matches(
                        "country has values that training did not know in (2|3)\\d % of the records, where 0 % is usual");
        FieldDrift country = monitor.report().fields().get(2);
        assertThat(country.labels()).containsExactly("missing", "not known to training", "DE", "FR", "rarer values");
    }

    @Test
    void shiftedScoresAreFoundBeforeTheWindowEnds() {
        run(WINDOW);
        scoreShift = 4;
        run(WINDOW / 2);
        assertThat(changes).extracting(Change::field).containsOnlyNulls();
        assertThat(changes.get(changes.size() - 1).now()).isEqualTo(DriftState.DRIFTED);
        assertThat(monitor.report().retrainBecauseOf()).containsExactly("scores");
        scoreShift = 0;
        run(8 * WINDOW);
        assertThat(changes.get(changes.size() - 1).now()).isEqualTo(DriftState.STABLE);
    }

    @Test
    void anotherModelBeginsAnewAndSaysSo() {
        amountFactor = 100;
        run(WINDOW);
        changes.clear();
        monitor.scored(batch(CARD.withVersion("other"), BATCH));
        assertThat(changes).hasSize(1);
        assertThat(changes.get(0).now()).isEqualTo(DriftState.STABLE);
        assertThat(changes.get(0).sentence()).isEqualTo("the model other scores now");
        assertThat(monitor.report().seen()).isEqualTo(BATCH);
        assertThat(monitor.report().windows()).isZero();
    }

    /** 200 streams of 20 windows each: of 4,000 windows, less than one is expected to raise a false alarm. */
    @Test
    void streamsLikeTrainingKeepTheBoundOfFalseAlarms() {
        for (int window : new int[] {DriftOptions.LEAST_WINDOW, 2_000}) {
            for (int stream = 0; stream < 200; stream++) {
                monitor = monitor(window);
                run(20 * window);
            }
            assertThat(changes).as("windows of %d", window).hasSizeLessThan(6);
            changes.clear();
        }
    }

    @Test
    void constantMissingAndSingleValuedColumnsAreStableUntilTheyChange() {
        // Given columns that tell nothing
        float[] constant = new float[1_000];
        Arrays.fill(constant, 7);
        float[] nothing = new float[1_000];
        Arrays.fill(nothing, Float.NaN);
        ModelCard card = CARD.withReference(new DriftReference(List.of(
                ColumnReference.ofNumbers("amount", new float[] {Math.nextDown(7f), 7}, constant),
                ColumnReference.ofNumbers("age", new float[0], nothing),
                new ColumnReference("country", null, new int[] {1}, new long[] {0, 0, 1_000, 0}))));

        // When they go on like this
        give(card, 7, Float.NaN, 1);

        // Then
        assertThat(changes).isEmpty();
        FieldDrift age = monitor.report().fields().get(1);
        assertThat(age.median()).isNaN();
        assertThat(age.index()).isCloseTo(0, within(1e-12));

        // When they do not
        give(card, 7.5f, 30, 2);

        // Then
        assertThat(changes).extracting(Change::field).containsExactly("amount", "age", "country");
        assertThat(changes).extracting(Change::now).containsOnly(DriftState.DRIFTED);
    }

    private void give(ModelCard card, float amount, float age, int country) {
        for (int given = 0; given < WINDOW; given += BATCH) {
            int size = BATCH / EVERY;
            float[] numbers = new float[2 * size];
            int[] categories = new int[size];
            double[] pValues = new double[size];
            for (int i = 0; i < size; i++) {
                numbers[2 * i] = amount;
                numbers[2 * i + 1] = age;
                categories[i] = country;
                pValues[i] = random.nextDouble();
            }
            monitor.scored(
                    batch(new RowSample(card, BATCH, size, numbers, categories, pValues, false, card.calibration())));
        }
    }

    private void run(int records) {
        for (int sent = 0; sent < records; sent += Math.min(BATCH, records)) {
            monitor.scored(batch(CARD, Math.min(BATCH, records)));
        }
    }

    private ScoredBatch batch(ModelCard card, int records) {
        int size = records / EVERY;
        float[] numbers = new float[2 * size];
        int[] categories = new int[size];
        double[] pValues = new double[size];
        for (int i = 0; i < size; i++) {
            numbers[2 * i] = amountFactor * (40 + random.nextInt(20));
            numbers[2 * i + 1] = random.nextDouble() < missingAges ? Float.NaN : 25 + random.nextInt(10);
            categories[i] =
                    random.nextDouble() < unknownCountries ? CategoryCodes.UNSEEN : random.nextInt(4) == 0 ? 2 : 1;
            pValues[i] = card.calibration().pValue(10 * random.nextDouble() + scoreShift);
        }
        return batch(new RowSample(card, records, size, numbers, categories, pValues, false, card.calibration()));
    }

    private static ScoredBatch batch(RowSample sample) {
        return new ScoredBatch(null, new long[0], new double[0], new double[0], false, 1, sample);
    }
}

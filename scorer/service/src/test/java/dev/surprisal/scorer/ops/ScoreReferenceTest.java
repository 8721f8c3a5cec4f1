package dev.surprisal.scorer.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.engine.AlarmLine;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.engine.Screen;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.scorer.fixture.TinyModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreReferenceTest {

    @Test
    void spreadsAllNormalRecordsOverItsBinsAndFindsTheAlarmLine() {
        double[] scores = new double[5_000];
        SplittableRandom random = new SplittableRandom(3);
        Arrays.setAll(scores, i -> -40 + 12 * Math.pow(random.nextDouble(), 3));
        Calibration calibration = Calibration.of(scores, new double[0]);

        ScoreReference reference = ScoreReference.of(calibration, 0.01);

        assertThat(Arrays.stream(reference.shares()).sum()).isCloseTo(1, within(1e-9));
        assertThat(reference.bounds()).isSorted();
        assertThat(calibration.pValue(reference.alarm())).isLessThanOrEqualTo(0.01);
        assertThat(calibration.pValue(reference.alarm() - 1e-6)).isGreaterThan(0.01);
        double flagged = 0;
        for (int bin = 1; bin < reference.shares().length; bin++) {
            flagged +=
                    reference.bounds()[bin - 1] >= reference.alarm() ? reference.shares()[bin] : 0;
        }
        assertThat(flagged).isLessThanOrEqualTo(0.01);
    }

    @Test
    void knowsThatFirstLooksAreSpreadInTheirOwnWay(@TempDir Path folder) {
        try (ScoringModel model = ScoringModel.open(TinyModel.writeWithFirstLook(folder.resolve("tiny.onnx")))) {
            double threshold = Screen.of(model.card(), 0.01).orElseThrow().threshold();

            ScoreReference reference = ScoreReference.ofScreened(model.card(), 0.01);

            assertThat(Arrays.stream(reference.shares()).sum()).isCloseTo(1, within(1e-9));
            assertThat(reference.bounds()).isSorted();
            double dismissed = 0;
            for (int bin = 0; reference.bounds()[bin] < threshold; bin++) {
                dismissed += reference.shares()[bin];
                assertThat(1 - dismissed)
                        .isCloseTo(
                                model.card()
                                        .firstLook()
                                        .calibration()
                                        .pValue(reference.bounds()[bin]),
                                within(1e-9));
            }
            assertThat(dismissed).isGreaterThan(0.5);
            assertThat(reference.alarm()).isEqualTo(AlarmLine.of(model.card().calibration(), 0.01));
        }
    }

    @Test
    void hasNoAlarmLineWhereNothingCanBeFlagged() {
        Calibration calibration = Calibration.of(new double[] {1, 2, 3, 3, 3}, new double[0]);

        ScoreReference reference = ScoreReference.of(calibration, 0.001);

        assertThat(reference.alarm()).isNaN();
        assertThat(reference.bounds()).isSorted().doesNotContain(Double.NaN);
    }

    @Test
    void takesScoresThatAreAllTheSame() {
        double[] scores = new double[100];
        Arrays.fill(scores, 7);

        ScoreReference reference = ScoreReference.of(Calibration.of(scores, new double[0]), 0.05);

        assertThat(Arrays.stream(reference.shares()).sum()).isCloseTo(1, within(1e-9));
        assertThat(reference.alarm()).isCloseTo(7, within(1e-6));
    }
}

package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.EncodedRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first look at all rows and a full score for some, beside full scores for all. */
class RowScorerTest {

    private static final Path OLD = Path.of("src/test/resources/models/tiny-1.0.onnx");
    private static final Path MODEL = Path.of("src/test/resources/models/tiny-1.1.onnx");
    private static final AlarmRate RATE = AlarmRate.parse("1/100");
    private static final int[] BATCHES = {1, 2, 3, 64, 1_000, 3_000};

    @Test
    void flagsWhatFullScoresFlagWithTheSameBitsAndDismissesMostOfTheRest() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            // Given
            Judge judge = new Judge(model.card(), RATE);
            Screen screen = Screen.of(model.card(), RATE.value()).orElseThrow();
            List<EncodedRow> rows = rows(3_000);

            // When
            List<Object> full = verdicts(model, judge, null, rows, rows.size());
            List<Object> screened = verdicts(model, judge, screen, rows, rows.size());

            // Then
            int dismissed = 0;
            int flagged = 0;
            for (int i = 0; i < rows.size(); i++) {
                Verdict verdict = (Verdict) screened.get(i);
                if (verdict.firstLook()) {
                    dismissed++;
                    assertThat(((Verdict) full.get(i)).anomaly())
                            .as("row %d", i)
                            .isFalse();
                    assertThat(verdict.anomaly()).isFalse();
                    assertThat(verdict.pValue()).isGreaterThan(RATE.value()).isLessThanOrEqualTo(1);
                } else {
                    flagged += verdict.anomaly() ? 1 : 0;
                    assertThat(verdict).as("row %d", i).isEqualTo(full.get(i));
                }
            }
            assertThat(flagged).isGreaterThan(20);
            assertThat(dismissed).isGreaterThan(2_000);
            assertThat(screen.share()).isLessThan(0.5);
        }
    }

    @Test
    void noBatchAndNoPlaceInItChangesABit() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            Judge judge = new Judge(model.card(), RATE);
            Screen screen = Screen.of(model.card(), RATE.value()).orElseThrow();
            List<EncodedRow> rows = rows(3_000);
            for (Screen screenOrNone : new Screen[] {screen, null}) {
                List<Object> alone = verdicts(model, judge, screenOrNone, rows, 1);
                for (int size : BATCHES) {
                    assertThat(verdicts(model, judge, screenOrNone, rows, size))
                            .as("batches of %d", size)
                            .isEqualTo(alone);
                }
            }
        }
    }

    @Test
    void withoutAFirstLookOrAMarginForTheRateThereIsNoScreen() {
        try (ScoringModel old = ScoringModel.open(OLD);
                ScoringModel model = ScoringModel.open(MODEL)) {
            assertThat(old.card().firstLook()).isNull();
            assertThat(Screen.of(old.card(), RATE.value())).isEmpty();
            assertThat(Screen.of(model.card(), 0.5)).isEmpty();
        }
    }

    @Test
    void aModelThatLacksTheFirstLookOfItsCardIsRefused() throws IOException {
        String text = Files.readString(MODEL, StandardCharsets.ISO_8859_1);
        byte[] lost =
                text.replace("surprisal.first-look", "surprisal.other-look").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ScoringModel.open(lost, "lost.onnx"))
                .isInstanceOf(ModelException.class)
                .hasMessage("lost.onnx: the graph of its first look is absent, which its card promises");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.1, 0.01, 0.001, 1.0 / 2_001})
    void theAlarmLineIsTheLeastScoreThatIsFlagged(double rate) {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            Calibration calibration = model.card().calibration();
            double line = AlarmLine.of(calibration, rate);
            assertThat(calibration.pValue(line)).isLessThanOrEqualTo(rate);
            assertThat(calibration.pValue(Math.nextDown(line))).isGreaterThan(rate);
        }
    }

    @Test
    void noLineIsReachedAtARateFinerThanTheCalibrationTells() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            Calibration calibration = model.card().calibration();
            assertThat(AlarmLine.of(calibration, calibration.finest() / 2)).isInfinite();
        }
    }

    /** Of each row its verdict, or the message of why there is none. */
    @Test
    void comparablePValuesAreOfOneKindWhetherARowPassesOrNot() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            Judge judge = new Judge(model.card(), RATE);
            Screen screen = Screen.of(model.card(), RATE.value()).orElseThrow();
            List<EncodedRow> rows = rows(3_000);
            try (RowScorer screened = model.newScorer(judge, screen);
                    RowScorer full = model.newScorer(judge, null)) {
                for (RowScorer scorer : List.of(screened, full)) {
                    rows.forEach(scorer::add);
                    scorer.score();
                }
                int passed = 0;
                for (int i = 0; i < rows.size(); i++) {
                    Verdict verdict = screened.verdict(i);
                    if (verdict.firstLook()) {
                        // Those of verdicts are never so small that they would be flagged.
                        assertThat(verdict.pValue())
                                .isEqualTo(Math.max(Math.nextUp(RATE.value()), screened.comparablePValue(i)));
                    } else {
                        passed++;
                        assertThat(screened.comparablePValue(i))
                                .isLessThanOrEqualTo(
                                        model.card().firstLook().calibration().pValue(screen.threshold()));
                    }
                    assertThat(full.comparablePValue(i))
                            .isEqualTo(full.verdict(i).pValue());
                }
                assertThat(passed).isGreaterThan(20);
            }
        }
    }

    private static List<Object> verdicts(
            ScoringModel model, Judge judge, Screen screen, List<EncodedRow> rows, int together) {
        List<Object> verdicts = new ArrayList<>();
        try (RowScorer scorer = model.newScorer(judge, screen)) {
            for (int from = 0; from < rows.size(); from += together) {
                scorer.clear();
                rows.subList(from, Math.min(rows.size(), from + together)).forEach(scorer::add);
                scorer.score();
                for (int i = 0; i < scorer.size(); i++) {
                    verdicts.add(scorer.verdict(i));
                }
            }
        }
        return verdicts;
    }

    /** As in training, one in twenty with an odd amount. */
    private static List<EncodedRow> rows(int count) {
        Random random = new Random(8);
        List<EncodedRow> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int country = 1 + random.nextInt(3);
            double amount = 40 * Math.exp(0.2 * random.nextGaussian()) * (random.nextInt(20) == 0 ? 3 : 1);
            float weight = random.nextInt(20) == 0 ? Float.NaN : (float) (5 + random.nextGaussian());
            rows.add(new EncodedRow(
                    new float[] {(float) amount, weight, random.nextInt(4) == 0 ? 1 : 0}, new int[] {country}));
        }
        return rows;
    }
}

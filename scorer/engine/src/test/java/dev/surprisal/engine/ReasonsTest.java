package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.FieldReason.Direction;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.EncodedRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReasonsTest {

    private ScoringModel model;
    private RowBatch batch;
    private BatchJudge judge;

    @BeforeEach
    void open() {
        open("tiny-1.3.onnx");
    }

    private void open(String file) {
        model = ScoringModel.open(Path.of("src/test/resources/models", file));
        batch = model.newBatch();
        judge = model.newJudge(new Judge(model.card(), new AlarmRate(0.01)));
    }

    @AfterEach
    void close() {
        judge.close();
        batch.close();
        model.close();
    }

    private static EncodedRow row(double amount, double age, double abroad, int country) {
        return new EncodedRow(new float[] {(float) amount, (float) age, (float) abroad}, new int[] {country});
    }

    private List<Verdict> judge(EncodedRow... rows) {
        batch.clear();
        for (EncodedRow row : rows) {
            batch.add(row);
        }
        batch.score();
        judge.judge(batch);
        List<Verdict> verdicts = new ArrayList<>();
        for (int row = 0; row < rows.length; row++) {
            verdicts.add(judge.verdict(row));
        }
        return verdicts;
    }

    @Test
    void aNumberIsFlaggedWithWhatTheRestLeadsToExpect() {
        FieldReason reason = judge(row(900, 5, 0, 1)).get(0).reasons().get(0);

        assertThat(reason.field()).isEqualTo("amount");
        assertThat(reason.direction()).isEqualTo(Direction.ABOVE);
        assertThat(reason.share()).isBetween(0.5, 1.0);
        assertThat(reason.low()).isLessThan((double) reason.expected());
        assertThat(reason.high()).isGreaterThan((double) reason.expected()).isLessThan(900);
    }

    @Test
    void theValueItselfDoesNotChangeWhatIsExpected() {
        List<Verdict> verdicts = judge(row(900, 5, 0, 1), row(90_000, 5, 0, 1));

        assertThat(verdicts.get(0).reasons().get(0).expected())
                .isEqualTo(verdicts.get(1).reasons().get(0).expected());
    }

    @Test
    void aCategoryIsFlaggedWithTheLikelyValues() {
        FieldReason reason =
                judge(row(60, 5, 0, CategoryCodes.UNSEEN)).get(0).reasons().get(0);

        assertThat(reason.field()).isEqualTo("country");
        assertThat(reason.seen()).isNull();
        assertThat(reason.expected()).isEqualTo(reason.likely().get(0).value());
        assertThat(reason.likely())
                .isNotEmpty()
                .allSatisfy(likely -> assertThat(likely.probability()).isBetween(0.0, 1.0 + 1e-6));
        assertThat(reason.likely().stream()
                        .mapToDouble(FieldReason.Likely::probability)
                        .sum())
                .isBetween(0.5, 1.0 + 1e-5);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 100, 256})
    void reasonsDoNotDependOnTheOtherRowsOfTheBatch(int rows) {
        Verdict alone = judge(row(900, 5, 0, 1)).get(0);
        EncodedRow[] all = new EncodedRow[rows];
        for (int i = 0; i < rows; i++) {
            all[i] = row(i % 2 == 0 ? 900 : 5_000, 5, 0, 1);
        }

        List<Verdict> verdicts = judge(all);

        for (int i = 0; i < rows; i += 2) {
            assertThat(verdicts.get(i)).isEqualTo(alone);
        }
    }

    @Test
    void whatIsMissingIsNoReason() {
        Verdict verdict = judge(row(Float.NaN, Float.NaN, Float.NaN, CategoryCodes.UNSEEN))
                .get(0);

        assertThat(verdict.reasons()).extracting(FieldReason::field).containsOnly("country");
    }

    @Test
    void aRecordWithNothingInItHasNoReasonsAndIsNoFault() {
        Verdict verdict = judge(row(Float.NaN, Float.NaN, Float.NaN, CategoryCodes.MISSING))
                .get(0);

        assertThat(verdict.reasons()).isEmpty();
        assertThat(verdict.sentence()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-1.1.onnx", "tiny-1.2.onnx"})
    void modelsWhoseFirstLookTellsNothingOfFieldsGiveReasonsToo(String file) {
        FieldReason now = judge(row(900, 5, 0, 1)).get(0).reasons().get(0);
        close();
        open(file);

        FieldReason reason = judge(row(900, 5, 0, 1)).get(0).reasons().get(0);

        assertThat(reason.field()).isEqualTo(now.field());
        assertThat(reason.direction()).isEqualTo(now.direction());
    }

    @Test
    void reasonsTakeNoFullScores() {
        judge(row(900, 5, 0, 1), row(5_000, 5, 0, 1));

        // The batch's own, and one for the reasons of both.
        assertThat(model.inference().calls()).isEqualTo(2);
    }

    @Test
    void modelsOfFormatOneGiveReasonsToo() {
        close();
        open("tiny-1.0.onnx");

        FieldReason number = judge(row(900, 5, 0, 1)).get(0).reasons().get(0);
        FieldReason category =
                judge(row(60, 5, 0, CategoryCodes.UNSEEN)).get(0).reasons().get(0);

        assertThat(number.field()).isEqualTo("amount");
        assertThat(category.field()).isEqualTo("country");
        assertThat(category.expected()).isNotNull();
        assertThat(category.likely()).isEmpty();
    }
}

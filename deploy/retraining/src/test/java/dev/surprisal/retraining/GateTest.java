package dev.surprisal.retraining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.Provenance;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.evaluation.FeedbackEvaluation;
import dev.surprisal.trainer.evaluation.Share;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final int RECORDS = 1_000;
    private static final Gate GATE = new Gate(0.01, 0.1, 500);
    private static final FeedbackEvaluation FEEDBACK = feedback(9, 10, 21, 30);

    @Test
    void letsAnEqualPass() {
        assertThat(failed(candidate(0, 10, 2_000, FEEDBACK), candidate(0, 12, 1_000, FEEDBACK)))
                .isEmpty();
    }

    @Test
    void refusesFewerRecords() {
        assertThat(failed(candidate(0, 10, 2_000, FEEDBACK), candidate(0, 10, 499, FEEDBACK)))
                .containsExactly("records");
    }

    @Test
    void refusesWhatCannotTellTheAlarmRate() {
        Candidate good = candidate(0, 0, 2_000, FEEDBACK);
        Candidate coarse = new Candidate(good.card(), good.logDensity(), 0, false, FEEDBACK);

        assertThat(failed(good, coarse)).containsExactly("alarm_rate");
    }

    @Test
    void refusesABoundThatMayBeWorseByMoreThanTheTolerance() {
        Candidate champion = candidate(0, 10, 2_000, FEEDBACK);

        assertThat(failed(champion, candidate(-0.05, 10, 2_000, FEEDBACK))).isEmpty();
        assertThat(failed(champion, candidate(-0.15, 10, 2_000, FEEDBACK))).containsExactly("bound");
    }

    @Test
    void refusesTooManyFalseAlarmsButNotTooFew() {
        Candidate champion = candidate(0, 10, 2_000, FEEDBACK);
        FalseAlarmInterval interval = FalseAlarmInterval.of(RECORDS, 0.01, 200);

        assertThat(failed(champion, candidate(0, (int) interval.high(), 2_000, FEEDBACK)))
                .isEmpty();
        assertThat(failed(champion, candidate(0, (int) interval.high() + 1, 2_000, FEEDBACK)))
                .containsExactly("false_alarms");
        assertThat(failed(champion, candidate(0, 0, 2_000, FEEDBACK))).isEmpty();
    }

    @Test
    void refusesWhatLosesConfirmedAnomaliesOrPrecision() {
        Candidate champion = candidate(0, 10, 2_000, FEEDBACK);

        assertThat(failed(champion, candidate(0, 10, 2_000, feedback(8, 10, 2, 30))))
                .containsExactly("confirmed");
        assertThat(failed(champion, candidate(0, 10, 2_000, feedback(9, 10, 30, 30))))
                .containsExactly("precision");
        assertThat(failed(champion, candidate(0, 10, 2_000, feedback(0, 10, 0, 30))))
                .containsExactly("confirmed");
    }

    @Test
    void asksNothingOfLabelsWhereThereAreNone() {
        FeedbackEvaluation none = feedback(0, 0, 0, 0);

        assertThat(failed(candidate(0, 10, 2_000, none), candidate(0, 10, 2_000, none)))
                .isEmpty();
    }

    @Test
    void saysWhatWasFoundOfEachCriterion() {
        List<Criterion> criteria = GATE.judge(candidate(0, 10, 2_000, FEEDBACK), candidate(-0.3, 10, 2_000, FEEDBACK));

        assertThat(criteria)
                .extracting(Criterion::name)
                .containsExactly("records", "alarm_rate", "bound", "false_alarms", "confirmed", "precision");
        assertThat(criteria.get(2).sentence())
                .matches(
                        "of 1,000 held-out records, it finds each 0\\.[23]\\d\\d nats less probable than the champion on average, with 99 % confidence more than -0\\.3\\d\\d; it takes more than -0\\.100");
    }

    @Test
    void oneRecordWithoutAFiniteBoundDecidesNothing() {
        double[] champion = new double[RECORDS];
        double[] challenger = new double[RECORDS];
        challenger[7] = Candidate.LEAST;

        PairedComparison compared = PairedComparison.of(champion, challenger);

        assertThat(compared.mean()).isZero();
        assertThat(compared.low()).isZero();
    }

    @Test
    void theLowerLimitLiesBelowTheTruthAsOftenAsItSays() {
        Random random = new Random(5);
        int covered = 0;
        int runs = 2_000;
        for (int run = 0; run < runs; run++) {
            double[] differences = random.doubles(60).map(u -> u - 0.5).toArray();
            covered += PairedComparison.of(new double[60], differences).low() <= 0 ? 1 : 0;
        }
        assertThat(covered / (double) runs).isBetween(0.98, 1.0);
    }

    @Test
    void theIntervalGrowsWhereTheCalibrationIsSmall() {
        assertThat(FalseAlarmInterval.of(10_000, 0.01, 1_000_000).high()).isBetween(125L, 135L);
        assertThat(FalseAlarmInterval.of(10_000, 0.01, 500).high()).isGreaterThan(220L);
        assertThat(FalseAlarmInterval.of(100, 0.01, 500).low()).isZero();
    }

    private static List<String> failed(Candidate champion, Candidate challenger) {
        return GATE.judge(champion, challenger).stream()
                .filter(criterion -> !criterion.passed())
                .map(Criterion::name)
                .toList();
    }

    private static FeedbackEvaluation feedback(long confirmed, long ofThem, long falseAlarms, long ofThose) {
        return new FeedbackEvaluation(new Share(confirmed, ofThem), new Share(falseAlarms, ofThose), 0, 0);
    }

    /** @param better by how many nats its bound is above -30 on average, with noise of a tenth */
    private static Candidate candidate(double better, int flags, int trainedOn, FeedbackEvaluation feedback) {
        Random random = new Random(Double.hashCode(better) + 1);
        double[] density = new double[RECORDS];
        Arrays.setAll(density, i -> -30 + better + 0.1 * random.nextGaussian());
        return new Candidate(card(trainedOn), density, flags, true, feedback);
    }

    private static ModelCard card(int trainedOn) {
        int calibrated = Math.min(200, trainedOn);
        double[] scores = new double[calibrated];
        Arrays.setAll(scores, i -> i);
        return new ModelCard(
                ModelCard.FORMAT,
                "payments",
                "v1",
                new RecordSpec(RecordSpec.FORMAT, "payments", null, List.of(Field.of("amount", FieldType.NUMBER))),
                List.of(),
                ScoreOutput.ELBO,
                Calibration.of(scores, new double[1]),
                new AlarmRate(0.01),
                new Provenance(Instant.EPOCH, 1, "", trainedOn - calibrated, calibrated, 1, Map.of(), Map.of()),
                Map.of());
    }
}

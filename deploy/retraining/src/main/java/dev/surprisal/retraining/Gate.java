package dev.surprisal.retraining;

import dev.surprisal.trainer.evaluation.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a challenger has to be like to take the champion's place.
 *
 * @param rate the alarm rate
 * @param tolerance by how many nats a held-out record may become less probable on average
 * @param fewestRecords on how many records it has to have been trained
 */
record Gate(double rate, double tolerance, long fewestRecords) {

    /** Of the confirmed anomalies that the champion flags, so many the challenger flags, too. */
    static final double KEPT = 0.9;
    /** By so much the precision among labelled records may be less. */
    static final double PRECISION_TOLERANCE = 0.05;

    /** All criteria, whether they are passed or not. */
    List<Criterion> judge(Candidate champion, Candidate challenger) {
        List<Criterion> criteria = new ArrayList<>();
        criteria.add(records(challenger));
        criteria.add(alarmRate(challenger));
        criteria.add(bound(champion, challenger));
        criteria.add(falseAlarms(champion, challenger));
        criteria.add(confirmed(champion, challenger));
        criteria.add(precision(champion, challenger));
        return List.copyOf(criteria);
    }

    private Criterion records(Candidate challenger) {
        var provenance = challenger.card().provenance();
        long records = provenance.trainingRows() + provenance.calibrationRows();
        return criterion(
                "records",
                records >= fewestRecords,
                "it was trained and calibrated on %,d records; it takes at least %,d",
                records,
                fewestRecords);
    }

    private Criterion alarmRate(Candidate challenger) {
        return criterion(
                "alarm_rate",
                challenger.canFlag(),
                "its calibration on %,d records tells rates down to 1/%.0f; the alarm rate is 1/%.0f",
                challenger.card().calibration().records(),
                1 / challenger.card().calibration().finest(),
                1 / rate);
    }

    private Criterion bound(Candidate champion, Candidate challenger) {
        PairedComparison compared = PairedComparison.of(champion.logDensity(), challenger.logDensity());
        return criterion(
                "bound",
                compared.low() >= -tolerance,
                "of %,d held-out records, it finds each %.3f nats %s probable than the champion on average, with 99 %% confidence more than %.3f; it takes more than %.3f",
                compared.records(),
                Math.abs(compared.mean()),
                compared.mean() < 0 ? "less" : "more",
                compared.low(),
                -tolerance);
    }

    private Criterion falseAlarms(Candidate champion, Candidate challenger) {
        int records = challenger.logDensity().length;
        FalseAlarmInterval interval = FalseAlarmInterval.of(
                records, rate, challenger.card().calibration().records());
        return criterion(
                "false_alarms",
                challenger.flags() <= interval.high(),
                "it flags %,d of %,d held-out records, the champion %,d; at an alarm rate of 1/%.0f %,d to %,d are expected, and at most %,d taken",
                challenger.flags(),
                records,
                champion.flags(),
                1 / rate,
                interval.low(),
                interval.high(),
                interval.high());
    }

    private static Criterion confirmed(Candidate champion, Candidate challenger) {
        Share before = champion.feedback().confirmed();
        Share after = challenger.feedback().confirmed();
        if (before.all() == 0) {
            return criterion("confirmed", true, "there are no confirmed anomalies to find again");
        }
        return criterion(
                "confirmed",
                after.some() >= KEPT * before.some(),
                "it flags %,d of %,d confirmed anomalies, the champion %,d; it takes at least %.0f %% of these",
                after.some(),
                after.all(),
                before.some(),
                100 * KEPT);
    }

    private static Criterion precision(Candidate champion, Candidate challenger) {
        Share before = champion.feedback().precision();
        Share after = challenger.feedback().precision();
        if (before.all() == 0 || after.all() == 0) {
            return criterion(
                    "precision",
                    true,
                    "of the labelled records, the champion flags %,d and it flags %,d, so there is no precision to compare",
                    before.all(),
                    after.all());
        }
        return criterion(
                "precision",
                after.value() >= before.value() - PRECISION_TOLERANCE,
                "its precision among labelled records is %s, the champion's %s; it may be less by %.0f points",
                after,
                before,
                100 * PRECISION_TOLERANCE);
    }

    private static Criterion criterion(String name, boolean passed, String sentence, Object... figures) {
        return new Criterion(name, passed, String.format(Locale.ROOT, sentence, figures));
    }
}

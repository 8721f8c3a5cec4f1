package dev.surprisal.trainer.calibration;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import java.util.Locale;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * What a calibration promises at an alarm rate.
 *
 * <p>Over all calibration sets that might have been drawn, a normal record is flagged with a probability of at most the alarm rate. With the one that was drawn, of n records, the false-alarm rate is whatever share of normal records lies
 * beyond its kth largest score, k = floor(a (n + 1)), and that share has the distribution Beta(k, n + 1 - k) (Vovk 2012; Bates et al. 2023, section 3), whatever the distribution of continuous scores is; ties only lower it.
 */
public final class Guarantee {

    /** How sure the upper bound is. */
    public static final double CONFIDENCE = 0.95;

    private Guarantee() {}

    /** The false-alarm rate that the calibration drawn keeps below with a probability of {@value #CONFIDENCE}; 0 where nothing is flagged. */
    public static double upperBound(Calibration calibration, AlarmRate alarmRate) {
        double n = calibration.records();
        double flagged = Math.floor(alarmRate.value() * (n + 1) * (1 + 1e-12));
        return flagged < 1 ? 0 : BetaDistribution.of(flagged, n + 1 - flagged).inverseCumulativeProbability(CONFIDENCE);
    }

    /** What the user of a model should know of its false alarms, in a sentence. */
    public static String of(Calibration calibration, AlarmRate alarmRate) {
        if (alarmRate.value() < calibration.finest()) {
            return String.format(
                    Locale.ROOT,
                    "Warning: %d held-out records tell false-alarm rates down to 1/%.0f, so at %s nothing will ever be flagged; train on more records or set a higher rate.",
                    calibration.records(),
                    1 / calibration.finest(),
                    alarmRate);
        }
        if (alarmRate.value() < calibration.resolution()) {
            return String.format(
                    Locale.ROOT,
                    "%d held-out records tell false-alarm rates down to 1/%d; the rate of %s rests on the tail that was fitted to their scores.",
                    calibration.records(),
                    calibration.records() + 1,
                    alarmRate);
        }
        return String.format(
                Locale.ROOT,
                "Calibrated on %d held-out records: of records like them, %s are flagged on average, and by this model with a probability of 95 %% at most 1/%.0f.",
                calibration.records(),
                alarmRate,
                Math.floor(1 / upperBound(calibration, alarmRate)));
    }
}

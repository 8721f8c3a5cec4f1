package dev.surprisal.scorer.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.Calibration;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UniformityBetsTest {

    private static final int WINDOW = 2_500;

    /** Ville: evidence of k is found in at most 1/k of the streams, however long they are. Each stream has a calibration of its own. */
    @ParameterizedTest
    @ValueSource(ints = {50, 500, 5_000})
    void streamsLikeTheCalibrationKeepTheBoundOfFalseAlarms(int calibrationRecords) {
        SplittableRandom random = new SplittableRandom(calibrationRecords);
        int streams = 400;
        int twenty = 0;
        int hundred = 0;
        for (int stream = 0; stream < streams; stream++) {
            Calibration calibration = calibration(calibrationRecords, random::nextDouble);
            double most = mostEvidence(calibration, 10_000, random::nextDouble);
            twenty += most >= 20 ? 1 : 0;
            hundred += most >= UniformityBets.DRIFTING ? 1 : 0;
        }
        // 20 and 4 are expected at most; four deviations more would be chance.
        assertThat(twenty).isLessThan(38);
        assertThat(hundred).isLessThan(12);
    }

    @Test
    void aFewAnomaliesAreNoDrift() {
        SplittableRandom random = new SplittableRandom(7);
        for (int stream = 0; stream < 50; stream++) {
            Calibration calibration = calibration(5_000, random::nextDouble);
            DoubleSupplier scores = () -> random.nextInt(100) == 0 ? 9 : random.nextDouble();
            assertThat(mostEvidence(calibration, 20_000, scores)).isLessThan(UniformityBets.DRIFTED);
        }
    }

    @Test
    void tiedScoresAreNoDrift() {
        SplittableRandom random = new SplittableRandom(8);
        for (int stream = 0; stream < 50; stream++) {
            DoubleSupplier scores = () -> random.nextInt(3);
            assertThat(mostEvidence(calibration(2_000, scores), 10_000, scores)).isLessThan(UniformityBets.DRIFTED);
        }
        DoubleSupplier constant = () -> 4;
        assertThat(mostEvidence(calibration(2_000, constant), 10_000, constant)).isLessThan(2);
    }

    @Test
    void findsScoresThatRiseAndScoresThatFallAlsoAfterALongTimeWithoutAnything() {
        SplittableRandom random = new SplittableRandom(9);
        Calibration calibration = calibration(5_000, random::nextDouble);
        for (double shift : new double[] {0.3, -0.3}) {
            for (int before : new int[] {0, 400 * WINDOW}) {
                UniformityBets bets = new UniformityBets(calibration);
                int seen = 0;
                for (; seen < before; seen++) {
                    step(bets, seen, calibration.pValue(random.nextDouble()));
                }
                assertThat(bets.evidence()).isLessThan(UniformityBets.DRIFTED);
                int took = 0;
                while (bets.evidence() < UniformityBets.DRIFTED && took < WINDOW) {
                    step(bets, seen++, calibration.pValue(random.nextDouble() + shift));
                    took++;
                }
                assertThat(took).as("shift %s after %d", shift, before).isLessThan(500);
            }
        }
    }

    @Test
    void evidenceIsUsedUpWhenThingsAreAsTheyWere() {
        SplittableRandom random = new SplittableRandom(10);
        Calibration calibration = calibration(5_000, random::nextDouble);
        UniformityBets bets = new UniformityBets(calibration);
        for (int i = 0; i < 10 * WINDOW; i++) {
            step(bets, i, calibration.pValue(random.nextDouble() + 0.5));
        }
        assertThat(bets.evidence()).isGreaterThan(UniformityBets.DRIFTED);
        for (int i = 0; i < 8 * WINDOW; i++) {
            step(bets, i, calibration.pValue(random.nextDouble()));
        }
        assertThat(bets.evidence()).isLessThan(1);
    }

    @Test
    void noScoresAndTooFewInTheCalibrationTellNothing() {
        UniformityBets bets = new UniformityBets(calibration(1, () -> 3));
        for (int i = 0; i < 1_000; i++) {
            bets.add(0.5);
            bets.add(Double.NaN);
        }
        assertThat(bets.evidence()).isLessThan(2);
    }

    private static double mostEvidence(Calibration calibration, int records, DoubleSupplier scores) {
        UniformityBets bets = new UniformityBets(calibration);
        double most = 0;
        for (int i = 0; i < records; i++) {
            step(bets, i, calibration.pValue(scores.getAsDouble()));
            most = Math.max(most, bets.evidence());
        }
        return most;
    }

    private static void step(UniformityBets bets, int index, double pValue) {
        bets.add(pValue);
        if (index % WINDOW == WINDOW - 1) {
            bets.nextWindow();
        }
    }

    private static Calibration calibration(int records, DoubleSupplier scores) {
        double[] all = new double[records];
        for (int i = 0; i < records; i++) {
            all[i] = scores.getAsDouble();
        }
        return Calibration.of(all, new double[0]);
    }
}

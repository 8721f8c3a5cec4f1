package dev.surprisal.scorer.silence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** How often gaps of a key that keeps its habit go beyond its limit, by simulation; seeds are fixed. */
class GapHabitPropertyTest {

    private static final long MINUTE = 60_000;
    private static final int KEYS = 400;
    private static final int GAPS = 1_000;
    /** One gap of five hundred may be called a silence: few enough to need the tail, many enough to count. */
    private static final long PERIOD = 500 * MINUTE;

    /** The share of gaps beyond the limit that stood before each of them. */
    private static double beyond(long seed, ToDoubleFunction<Random> minutes) {
        Random random = new Random(seed);
        int beyond = 0;
        int all = 0;
        for (int key = 0; key < KEYS; key++) {
            GapHabit habit = new GapHabit(0);
            long time = 0;
            long limit = Long.MAX_VALUE;
            for (int i = 0; i < GAPS; i++) {
                long gap = Math.max(1, Math.round(MINUTE * minutes.applyAsDouble(random)));
                if (habit.gaps() >= GapHabit.FEWEST) {
                    all++;
                    beyond += gap > limit ? 1 : 0;
                }
                time += gap;
                habit.add(gap, time);
                limit = habit.gaps() >= GapHabit.FEWEST ? habit.limit(PERIOD, time) : limit;
            }
        }
        return (double) beyond / all;
    }

    @Test
    void regularGapsAreBelowTheLimitAndThreeLostOnesAreNot() {
        ToDoubleFunction<Random> regular = random -> 1 + 0.02 * random.nextGaussian();
        assertThat(beyond(1, regular)).isZero();
        GapHabit habit = new GapHabit(0);
        Random random = new Random(1);
        for (int i = 1; i <= 200; i++) {
            habit.add(Math.round(MINUTE * regular.applyAsDouble(random)), i * MINUTE);
        }
        assertThat(habit.limit(PERIOD, 200 * MINUTE)).isBetween(3 * MINUTE, 3 * MINUTE + MINUTE / 3);
    }

    @Test
    void exponentialLogNormalAndBurstyGapsKeepTheRate() {
        double rate = (double) MINUTE / PERIOD;
        assertThat(beyond(2, random -> -Math.log(1 - random.nextDouble()))).isLessThan(rate);
        assertThat(beyond(3, random -> Math.exp(1.5 * random.nextGaussian() - 1.125)))
                .isLessThan(rate);
        // Ten records a second, then a pause.
        assertThat(beyond(4, random -> random.nextInt(10) > 0 ? 0.002 : -10 * Math.log(1 - random.nextDouble())))
                .isLessThan(rate);
    }

    @Test
    void aPowerLawHasTheRateThatIsPromised() {
        // Mean 1, P(gap > x) falls as x^-2.5; the mean gap that the rate goes by is estimated, too.
        double shape = 2.5;
        double beyond = beyond(5, random -> (shape - 1) / shape * Math.pow(1 - random.nextDouble(), -1 / shape));
        double rate = (double) MINUTE / PERIOD;
        double deviation = Math.sqrt(rate / (KEYS * (double) GAPS));
        // Limits that three times the eighth largest gap sets are above what the rate asks for.
        assertThat(beyond).isLessThan(rate + 4 * deviation).isGreaterThan(rate / 20);
    }

    @Test
    void aRateThatFallsSlowlyIsFollowed() {
        int[] place = new int[1];
        double beyond = beyond(6, random -> (1 + place[0]++ % GAPS / 250.0) * -Math.log(1 - random.nextDouble()));
        assertThat(beyond).isLessThan((double) MINUTE / PERIOD);
    }

    @Test
    void nightsAreCalledSilencesOnceAtMostAndThenPartOfTheHabit() {
        GapHabit habit = new GapHabit(0);
        Random random = new Random(7);
        long time = 0;
        long limit = Long.MAX_VALUE;
        int beyond = 0;
        for (int day = 0; day < 40; day++) {
            for (int i = 0; i < 500; i++) {
                long gap = i == 0 ? 9 * 60 * MINUTE : 1 + Math.round(-MINUTE * Math.log(1 - random.nextDouble()));
                time += gap;
                beyond += gap > limit ? 1 : 0;
                habit.add(gap, time);
                limit = habit.gaps() >= GapHabit.FEWEST ? habit.limit(365 * 24 * 60 * MINUTE, time) : limit;
            }
        }
        assertThat(beyond).isLessThanOrEqualTo(1);
        // What has lasted two weeks is forgotten after two weeks without it.
        for (int i = 0; i < 5 * 7 * 24 * 60; i++) {
            time += MINUTE;
            habit.add(MINUTE, time);
        }
        assertThat(habit.limit(PERIOD, time)).isEqualTo(3 * MINUTE);
    }

    @Test
    void aHabitIsReadAsItWasWritten() throws IOException {
        GapHabit habit = new GapHabit(5);
        for (int i = 1; i < 1_000; i++) {
            habit.add(i * MINUTE, (long) i * i * MINUTE);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        habit.write(new DataOutputStream(bytes));
        GapHabit read = GapHabit.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        long time = 1_000_000 * MINUTE;
        assertThat(read.gaps()).isEqualTo(habit.gaps());
        assertThat(read.limit(PERIOD, time)).isEqualTo(habit.limit(PERIOD, time));
        assertThat(bytes.size()).isLessThan(100);
    }
}

package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.FitOptions.Checkpoints;
import dev.surprisal.trainer.vae.FitOptions.Watch;
import dev.surprisal.trainer.vae.ParameterChoice.Look;
import dev.surprisal.trainer.vae.ParameterChoice.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fits that stop, go on, end in time and are looked at. */
class FitOptionsTest {

    private static final VaeConfig CONFIG = new VaeConfig(3, List.of(16), 8, 64, 200, 5e-3, 0.1, 0.5, 1);
    private static final Columns COLUMNS =
            new Columns(List.of(NumberLikelihood.STUDENT_T, NumberLikelihood.GAUSSIAN), List.of());
    private static final EncodedRows ROWS = rows(500, 1);
    private static final EncodedRows HELD_OUT = rows(100, 2);
    private static final Watch KEEP_BEST = new Watch(HELD_OUT, ParameterChoice.BEST);

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 199})
    void whatGoesOnFromAnInterruptionEndsInTheSameBits(int interruptedAt) {
        List<FitState> states = new ArrayList<>();
        Checkpoints checkpoints = new Checkpoints(Duration.ofDays(1), states::add);
        TrainedVae undisturbed = fit(new FitOptions(null, null, null, false, KEEP_BEST, fixed()), quiet());

        assertThatThrownBy(() -> fit(
                        new FitOptions(null, null, checkpoints, false, KEEP_BEST, fixed()),
                        interrupting(interruptedAt)))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        TrainedVae resumed = fit(new FitOptions(states.get(0), null, null, false, KEEP_BEST, fixed()), quiet());

        assertThat(states).singleElement().extracting(FitState::step).isEqualTo(interruptedAt);
        assertSameBits(resumed, undisturbed);
    }

    @Test
    void checkpointsComeAsOftenAsTheClockSaysAndAnyWillDo() {
        List<FitState> states = new ArrayList<>();
        TrainedVae undisturbed = fit(FitOptions.NONE, quiet());

        fit(
                new FitOptions(
                        null, null, new Checkpoints(Duration.ofSeconds(30), states::add), false, null, ticking()),
                quiet());

        assertThat(states).hasSizeBetween(4, 6);
        assertThat(states.get(0).elapsed()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(35));
        FitState last = states.get(states.size() - 1);
        assertSameBits(fit(new FitOptions(last, null, null, false, null, ticking()), quiet()), undisturbed);
    }

    @Test
    void endsInTimeAndFullyAnnealed() {
        List<Integer> steps = new ArrayList<>();
        List<Look> looks = new ArrayList<>();
        Watch watch = new Watch(HELD_OUT, look -> {
            looks.add(look);
            return Verdict.GO_ON;
        });

        Fitted fitted = VaeTrainer.fit(
                ROWS,
                COLUMNS,
                CONFIG,
                new FitOptions(null, Duration.ofSeconds(60), null, false, watch, ticking()),
                (step, expected, bound) -> steps.add(expected));

        assertThat(fitted.steps())
                .as("at a second a step, and one for the start")
                .isEqualTo(59);
        assertThat(steps.get(10)).as("expected early on").isBetween(50, 60);
        assertThat(steps.get(58)).isEqualTo(59);
        assertThat(looks.get(looks.size() - 1).progress()).isEqualTo(1);
        assertThat(looks.get(looks.size() - 1).annealed()).isTrue();
    }

    @Test
    void theScheduleIsAFunctionOfProgress() {
        Schedule schedule = new Schedule(CONFIG, Duration.ofSeconds(100));

        assertThat(schedule.progress(50, Duration.ofSeconds(10))).isEqualTo(0.25);
        assertThat(schedule.progress(50, Duration.ofSeconds(75))).isEqualTo(0.75);
        assertThat(schedule.progress(50, Duration.ofSeconds(101))).isEqualTo(1);
        assertThat(schedule.beta(0)).isCloseTo(1 / 40.0, within(1e-9));
        assertThat(schedule.beta(0.2)).isEqualTo(1);
        assertThat(schedule.rate(0, 0)).isEqualTo(5e-3 / 50);
        assertThat(schedule.rate(60, 0)).isEqualTo(5e-3);
        assertThat(schedule.rate(60, 1)).isEqualTo(5e-3 * 0.02);
        assertThat(schedule.steps(50, 0.5)).isEqualTo(100);
        assertThat(new Schedule(CONFIG, null).steps(50, 0.5)).isEqualTo(200);
    }

    @Test
    void anInterruptMayEndTheFitWithWhatThereIs() {
        Fitted fitted = VaeTrainer.fit(
                ROWS, COLUMNS, CONFIG, new FitOptions(null, null, null, true, null, fixed()), interrupting(50));

        assertThat(fitted.interrupted()).isTrue();
        assertThat(fitted.steps()).isEqualTo(50);
        assertThat(Thread.interrupted()).as("for there is more to do").isFalse();
    }

    @Test
    void isLookedAtFortyTimesAndKeepsWhatItIsToldTo() {
        List<Look> looks = new ArrayList<>();
        TrainedVae tenth = fit(
                new FitOptions(
                        null,
                        null,
                        null,
                        false,
                        new Watch(HELD_OUT, look -> {
                            looks.add(look);
                            return looks.size() == 10 ? Verdict.KEEP : Verdict.GO_ON;
                        }),
                        fixed()),
                quiet());

        assertThat(looks)
                .hasSize(40)
                .extracting(Look::step)
                .startsWith(5, 10, 15)
                .endsWith(195, 200);
        assertThat(looks.subList(0, 10)).extracting(Look::keptBound).containsOnly(Double.NaN);
        assertThat(looks.subList(10, 40))
                .extracting(Look::keptBound)
                .containsOnly(looks.get(9).bound());
        assertThat(looks).extracting(Look::annealed).startsWith(false).endsWith(true);
        assertThat(looks.get(39).bound()).isGreaterThan(looks.get(0).bound());
        Fitted stopped = VaeTrainer.fit(
                ROWS,
                COLUMNS,
                CONFIG,
                new FitOptions(
                        null,
                        null,
                        null,
                        false,
                        new Watch(HELD_OUT, look -> look.step() == 50 ? Verdict.STOP : Verdict.GO_ON),
                        fixed()),
                quiet());
        assertThat(stopped.steps()).isEqualTo(50);
        assertSameBits(stopped.vae(), tenth);
    }

    @Test
    void theBestIsChosenOnceTheDivergenceHasItsFullWeight() {
        assertThat(ParameterChoice.BEST.judge(new Look(1, 0.1, false, -3, 0.1, Double.NaN)))
                .isEqualTo(Verdict.GO_ON);
        assertThat(ParameterChoice.BEST.judge(new Look(1, 0.5, true, -3, 0.1, Double.NaN)))
                .isEqualTo(Verdict.KEEP);
        assertThat(ParameterChoice.BEST.judge(new Look(1, 0.5, true, -3, 1, -2)))
                .isEqualTo(Verdict.GO_ON);
        assertThat(ParameterChoice.BEST.judge(new Look(1, 0.5, true, -2, 0.1, -3)))
                .isEqualTo(Verdict.KEEP);
        assertThat(ParameterChoice.BEST.judge(new Look(9, 1, true, -3, 0.6, -2)))
                .as("the last, within two standard errors")
                .isEqualTo(Verdict.KEEP);
        assertThat(ParameterChoice.BEST.judge(new Look(9, 1, true, -3, 0.4, -2)))
                .isEqualTo(Verdict.GO_ON);
    }

    private static void assertSameBits(TrainedVae actual, TrainedVae expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .withEqualsForType(Float::equals, Float.class)
                .isEqualTo(expected);
    }

    private static TrainedVae fit(FitOptions options, FitListener listener) {
        return VaeTrainer.fit(ROWS, COLUMNS, CONFIG, options, listener).vae();
    }

    private static FitListener quiet() {
        return (step, steps, bound) -> {};
    }

    private static FitListener interrupting(int at) {
        return (step, steps, bound) -> {
            if (step == at) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static InstantSource fixed() {
        return InstantSource.fixed(Instant.EPOCH);
    }

    /** A second later whenever it is looked at. */
    private static InstantSource ticking() {
        Instant[] now = {Instant.EPOCH};
        return () -> now[0] = now[0].plusSeconds(1);
    }

    private static EncodedRows rows(int size, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[size * 2];
        for (int i = 0; i < numbers.length; i += 2) {
            numbers[i] = (float) random.nextGaussian();
            numbers[i + 1] = numbers[i] + 0.1f * (float) random.nextGaussian();
        }
        return new EncodedRows(size, 2, 0, numbers, new int[0]);
    }
}

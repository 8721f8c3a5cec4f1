package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.AlarmBudget;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.FalseDiscoveryRate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlarmMemoryPropertyTest {

    private static final AlarmRule TENTH = new FalseDiscoveryRate(0.1);

    private static Verdict candidate(double pValue) {
        boolean candidate = pValue <= AlarmRule.MOST_LOOKING_BACK.value();
        return new Verdict(1, pValue, candidate, -1, -1, -1, List.of(), false);
    }

    /** Streams whose truth is known: anomalies have small p-values, normal records uniform ones. */
    @ParameterizedTest(name = "one record in {0} is an anomaly")
    @ValueSource(ints = {100, 1_000, 10_000})
    void theShareOfFalseFlagsStaysBelowTheTarget(int rarity) {
        Random random = new Random(rarity);
        AlarmMemory memory = AlarmMemory.of(TENTH, 1);
        int records = 1_000_000;
        int falseFlags = 0;
        int flags = 0;
        for (int i = 0; i < records; i++) {
            boolean anomaly = random.nextInt(rarity) == 0;
            double pValue = 1 - random.nextDouble();
            if (memory.decide(candidate(anomaly ? 1e-4 * Math.pow(pValue, 3) : pValue), i)
                    .anomaly()) {
                flags++;
                falseFlags += anomaly ? 0 : 1;
            }
        }

        // One more flag in each memory of 10,000 records, and four deviations of a Poisson number.
        double allowed = 0.1 * (flags + records / (double) DiscoveryMemory.MEMORY);
        assertThat((double) falseFlags).isLessThanOrEqualTo(allowed + 4 * Math.sqrt(allowed));
        assertThat(flags - falseFlags).as("anomalies found").isGreaterThan(records / rarity / 4);
    }

    @Test
    void theBoundOnFalseFlagsHoldsAtEveryMoment() {
        Random random = new Random(9);
        DiscoveryMemory memory = new DiscoveryMemory(new FalseDiscoveryRate(0.1));
        double delta = 1 - 1.0 / DiscoveryMemory.MEMORY;
        double levels = 0;
        double flags = 0;
        for (int i = 0; i < 200_000; i++) {
            boolean burst = i % 20_000 < 100;
            double level = memory.next(i);
            boolean flagged = random.nextDouble() < (burst ? 0.5 : 1e-4);
            memory.flagged(flagged);
            levels = delta * levels + level;
            flags = delta * flags + (flagged ? 1 : 0);
            assertThat(levels).isLessThanOrEqualTo(0.1 * (1 + flags) * (1 + 1e-9));
        }
    }

    @Test
    void aFlagRaisesTheLevelsOfLaterRecordsOnly() {
        DiscoveryMemory memory = new DiscoveryMemory(new FalseDiscoveryRate(0.1));
        double calm = memory.next(0);
        memory.flagged(true);
        for (int i = 0; i < DiscoveryMemory.LAG; i++) {
            assertThat(memory.next(0)).as("level %d after the flag", i + 1).isEqualTo(calm);
            memory.flagged(false);
        }
        assertThat(memory.next(0)).isGreaterThan(5 * calm);
    }

    @Test
    void aBudgetIsARateOfTheVolumeThatCame() {
        AlarmMemory memory = AlarmMemory.of(new AlarmBudget(20, Duration.ofDays(1)), 4);
        long timestamp = 1_700_000_000_000L;
        Random random = new Random(6);
        int flags = 0;
        int days = 30;
        for (int i = 0; i < days * 86_400; i++) {
            timestamp += 1_000;
            flags +=
                    memory.decide(candidate(1 - random.nextDouble()), timestamp).anomaly() ? 1 : 0;
        }

        // One of four partitions has five alarms a day; four deviations around it.
        assertThat((double) flags).isBetween(150 - 4 * Math.sqrt(150), 150 + 4 * Math.sqrt(150));
        assertThat(memory.level()).isBetween(0.95 * 5 / 86_400, 1.05 * 5 / 86_400);
    }

    @Test
    void recordsOfOneMomentOrOutOfOrderAreNoReasonToFlagMore() {
        AlarmMemory memory = AlarmMemory.of(new AlarmBudget(20, Duration.ofDays(1)), 1);
        for (int i = 0; i < 100; i++) {
            assertThat(memory.decide(candidate(1e-9), 5_000).anomaly()).isFalse();
        }
        memory.decide(candidate(0.5), 100_000_000);
        double level = memory.level();
        memory.decide(candidate(0.5), 0);
        assertThat(memory.level()).isLessThanOrEqualTo(level);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fdr 10%", "20 a day"})
    void whatIsKeptGoesOnAsIfNothingHadHappened(String text) {
        AlarmRule rule = AlarmRule.parse(text);
        Random random = new Random(1);
        AlarmMemory whole = AlarmMemory.of(rule, 2);
        AlarmMemory restarted = AlarmMemory.of(rule, 2);
        for (int i = 0; i < 5_000; i++) {
            double pValue = Math.pow(1 - random.nextDouble(), 4);
            assertThat(restarted.decide(candidate(pValue), 100L * i).anomaly())
                    .isEqualTo(whole.decide(candidate(pValue), 100L * i).anomaly());
            assertThat(restarted.level()).isEqualTo(whole.level());
            restarted = AlarmMemory.of(rule, 2, restarted.toBytes());
        }
    }

    @Test
    void whatAnotherRuleOrNobodyKeptIsForgotten() {
        byte[] kept = AlarmMemory.of(TENTH, 1).toBytes();

        assertThat(AlarmMemory.of(new AlarmBudget(20, Duration.ofDays(1)), 1, kept)
                        .toBytes())
                .isNotEqualTo(kept);
        assertThat(AlarmMemory.of(TENTH, 1, null).toBytes()).isEqualTo(kept);
        assertThat(AlarmMemory.of(TENTH, 1, new byte[] {1, 2}).toBytes()).isEqualTo(kept);
    }
}

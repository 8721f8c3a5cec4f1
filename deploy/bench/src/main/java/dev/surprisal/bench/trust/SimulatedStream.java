package dev.surprisal.bench.trust;

import dev.surprisal.engine.AlarmMemory;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.AlarmRule;
import java.util.List;
import java.util.Random;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A stream of p-values whose truth is known: of an autoregressive normal process, in which anomalies come in bursts that lift it.
 *
 * @param rarity one record in so many is an anomaly
 * @param burst how many come in a row, on average
 * @param lift of anomalies, in deviations
 * @param correlation of a record with the one before
 */
record SimulatedStream(int rarity, int burst, double lift, double correlation) {

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
    /** After so many records a flag counts a third, as in the rule's own memory. */
    private static final double MEMORY = 10_000;

    /**
     * What a rule flags.
     *
     * @param anomalies of the stream
     * @param found of them
     * @param falseFlags of normal records
     * @param remembered the mean, over all moments, of the share of false flags, each flag weighing exp(-age / memory), with one more in the denominator
     */
    record Flags(int anomalies, int found, int falseFlags, double remembered) {

        double discoveryRate() {
            return falseFlags / (double) Math.max(1, found + falseFlags);
        }

        double power() {
            return found / (double) Math.max(1, anomalies);
        }
    }

    Flags flag(AlarmRule rule, int records, long seed) {
        Random random = new Random(seed);
        AlarmMemory memory = rule.looksBack() ? AlarmMemory.of(rule, 1) : null;
        double state = random.nextGaussian();
        boolean anomaly = false;
        int anomalies = 0;
        int found = 0;
        int falseFlags = 0;
        double flagsNow = 0;
        double falseNow = 0;
        double remembered = 0;
        for (int i = 0; i < records; i++) {
            anomaly = anomaly
                    ? random.nextDouble() >= 1.0 / burst
                    : random.nextDouble() < 1.0 / ((double) rarity * burst);
            state = correlation * state + Math.sqrt(1 - correlation * correlation) * random.nextGaussian();
            double pValue = NORMAL.survivalProbability(state + (anomaly ? lift : 0));
            boolean flagged = flags(rule, memory, pValue);
            anomalies += anomaly ? 1 : 0;
            found += flagged && anomaly ? 1 : 0;
            falseFlags += flagged && !anomaly ? 1 : 0;
            flagsNow = flagsNow * (1 - 1 / MEMORY) + (flagged ? 1 : 0);
            falseNow = falseNow * (1 - 1 / MEMORY) + (flagged && !anomaly ? 1 : 0);
            remembered += falseNow / (flagsNow + 1) / records;
        }
        return new Flags(anomalies, found, falseFlags, remembered);
    }

    private static boolean flags(AlarmRule rule, AlarmMemory memory, double pValue) {
        if (memory == null) {
            return pValue <= ((AlarmRate) rule).value();
        }
        boolean candidate = pValue <= AlarmRule.MOST_LOOKING_BACK.value();
        return memory.decide(new Verdict(0, pValue, candidate, 0, 0, 0, List.of(), false), 0)
                .anomaly();
    }
}

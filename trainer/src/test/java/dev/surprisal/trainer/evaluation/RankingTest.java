package dev.surprisal.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AUROC and average precision against values worked out by hand and against their definitions, pair by pair and threshold by threshold. */
class RankingTest {

    private static final Offset<Double> EXACT = within(1e-12);

    @Test
    void ranksWithoutTies() {
        // Thresholds 4, 3, 2, 1: hit, miss, hit, miss.
        Ranking ranking = Ranking.of(new double[] {4, 3, 2, 1}, new boolean[] {true, false, true, false});

        assertThat(ranking.auroc()).isCloseTo(3.0 / 4, EXACT);
        assertThat(ranking.averagePrecision()).isCloseTo((1 + 2.0 / 3) / 2, EXACT);
        assertThat(ranking.anomalies()).isEqualTo(2);
        assertThat(ranking.normals()).isEqualTo(2);
    }

    @Test
    void takesTiesTogether() {
        // At 2: one hit and one miss; at 1: one hit and one miss more.
        Ranking ranking = Ranking.of(new double[] {1, 2, 2, 1}, new boolean[] {true, true, false, false});
        Ranking constant = Ranking.of(new double[] {7, 7, 7, 7}, new boolean[] {true, false, false, false});

        assertThat(ranking.auroc()).isCloseTo((0.5 + 1 + 0 + 0.5) / 4, EXACT);
        assertThat(ranking.averagePrecision()).isCloseTo(0.5 * 0.5 + 0.5 * 0.5, EXACT);
        assertThat(constant.auroc()).isCloseTo(0.5, EXACT);
        assertThat(constant.averagePrecision()).isCloseTo(0.25, EXACT);
    }

    @Test
    void ranksPerfectlyAndPerfectlyWrong() {
        boolean[] anomaly = {false, false, true};

        assertThat(Ranking.of(new double[] {1, 2, 3}, anomaly)).isEqualTo(new Ranking(1, 2, 1, 1));
        assertThat(Ranking.of(new double[] {3, 2, 1}, anomaly)).isEqualTo(new Ranking(1, 2, 0, 1.0 / 3));
    }

    @Test
    void takesBothZerosForOneScore() {
        assertThat(Ranking.of(new double[] {0.0, -0.0}, new boolean[] {true, false})
                        .auroc())
                .isEqualTo(0.5);
    }

    @Test
    void saysNothingOfOneKindAlone() {
        assertThat(Ranking.of(new double[] {1, 2}, new boolean[] {true, true}).auroc())
                .isNaN();
        assertThat(Ranking.of(new double[] {1, 2}, new boolean[] {false, false}).averagePrecision())
                .isNaN();
        assertThat(Ranking.of(new double[0], new boolean[0]).auroc()).isNaN();
    }

    @Test
    void ranksSomeOfTheRecords() {
        Ranking some = Ranking.of(new double[] {9, 3, 2, 1}, new boolean[] {true, true, false, false}, new boolean[] {
            false, true, true, false
        });

        assertThat(some).isEqualTo(new Ranking(1, 1, 1, 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void agreesWithTheDefinitions(long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(300);
        double[] scores = new double[n];
        boolean[] anomaly = new boolean[n];
        for (int i = 0; i < n; i++) {
            scores[i] = seed % 2 == 0 ? random.nextInt(20) - 10 : random.nextGaussian();
            anomaly[i] = random.nextInt(5) == 0;
        }
        anomaly[0] = true;

        Ranking ranking = Ranking.of(scores, anomaly);

        assertThat(ranking.auroc()).as("seed %d", seed).isCloseTo(auroc(scores, anomaly), within(1e-9));
        assertThat(ranking.averagePrecision())
                .as("seed %d", seed)
                .isCloseTo(averagePrecision(scores, anomaly), within(1e-9));
    }

    private static double auroc(double[] scores, boolean[] anomaly) {
        double won = 0;
        long pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (anomaly[i] && !anomaly[j]) {
                    won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
                    pairs++;
                }
            }
        }
        return won / pairs;
    }

    /** Each anomaly's precision at the threshold that is its own score, averaged. */
    private static double averagePrecision(double[] scores, boolean[] anomaly) {
        double sum = 0;
        int anomalies = 0;
        for (int i = 0; i < scores.length; i++) {
            if (!anomaly[i]) {
                continue;
            }
            anomalies++;
            int hits = 0;
            int flags = 0;
            for (int j = 0; j < scores.length; j++) {
                flags += scores[j] >= scores[i] ? 1 : 0;
                hits += scores[j] >= scores[i] && anomaly[j] ? 1 : 0;
            }
            sum += (double) hits / flags;
        }
        return sum / anomalies;
    }
}

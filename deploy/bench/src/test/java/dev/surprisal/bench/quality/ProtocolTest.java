package dev.surprisal.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.bench.quality.Protocol.Split;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProtocolTest {

    /** Every tenth row is an anomaly. */
    private static LabelledTable table(int rows) {
        boolean[] anomalous = new boolean[rows];
        List<String> lines = IntStream.range(0, rows)
                .peek(row -> anomalous[row] = row % 10 == 9)
                .mapToObj(row -> row + "," + (row % 10 == 9 ? 7 : 1))
                .toList();
        return new LabelledTable("a,b", lines, anomalous);
    }

    @Test
    void oneClassLearnsFromTheFirstHalfOfTheNormalRows() {
        Split split = Protocol.ONE_CLASS.split(table(2_000), 1);

        assertThat(split.training().rows())
                .hasSize(900)
                .startsWith("0,1", "1,1")
                .doesNotContain("9,7");
        assertThat(split.test().size()).isEqualTo(1_100);
        assertThat(split.test().anomalies()).isEqualTo(200);
        assertThat(split.labelled()).isFalse();
    }

    @Test
    void fewRowsAreResampledAndManySubsampled() {
        Split few = Protocol.ONE_CLASS.split(table(100), 1);
        Split many = Protocol.ONE_CLASS.split(table(60_000), 1);

        assertThat(few.training().size() + few.test().size()).isEqualTo(1_000);
        assertThat(many.training().size() + many.test().size()).isEqualTo(50_000);
        assertThat(new HashSet<>(many.test().rows())).hasSize(many.test().size());
    }

    @Test
    void cleanHasNoRowOfTheTestInTheTraining() {
        LabelledTable table = table(300);

        Split split = Protocol.CLEAN.split(table.and(table), 1);

        Set<String> training = new HashSet<>(split.training().rows());
        assertThat(training).hasSize(135);
        assertThat(split.test().rows()).hasSize(165).noneMatch(training::contains);
    }

    @Test
    void contaminatedTestsOnAllRowsAndLearnsFromABootstrapOfThem() {
        Split split = Protocol.CONTAMINATED.split(table(2_000), 1);

        assertThat(split.test().size()).isEqualTo(2_000);
        assertThat(split.training().size()).isEqualTo(2_000);
        assertThat(split.training().anomalies()).isBetween(120L, 280L);
    }

    @Test
    void partlyLabelledKnowsATwentiethOfTheAnomalies() {
        Split split = Protocol.PARTLY_LABELLED.split(table(2_000), 1);

        assertThat(split.labelled()).isTrue();
        assertThat(split.training().anomalies()).isEqualTo(10);
        assertThat(split.test().anomalies()).isEqualTo(190);
        assertThat(split.test().rows())
                .doesNotContainAnyElementsOf(split.training().rows());
    }

    @ParameterizedTest
    @EnumSource
    void theSeedDecides(Protocol protocol) {
        LabelledTable table = table(400);

        assertThat(protocol.split(table, 3).training().rows())
                .isEqualTo(protocol.split(table, 3).training().rows())
                .isNotEqualTo(protocol.split(table, 4).training().rows());
    }
}

package dev.surprisal.bench.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.bench.quality.LabelledTable;
import dev.surprisal.engine.Judge;
import dev.surprisal.schemas.model.AlarmRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On one public table what `bench trust` measures on many. */
class TrustRunTest {

    private static final Path TABLE = Path.of("../../../shared/data/adbench/pendigits.csv.gz");

    private static TrustRun run;

    @BeforeAll
    static void train() throws IOException {
        assumeTrue(
                Files.exists(TABLE),
                "skipped: there is no " + TABLE.toAbsolutePath().normalize());
        run = TrustRun.of(LabelledTable.read(TABLE), 0);
    }

    @AfterAll
    static void close() {
        if (run != null) {
            run.close();
        }
    }

    @Test
    void freshNormalRowsAreFlaggedAtTheSetRate() {
        for (double rate : new double[] {0.05, 0.01, 0.001}) {
            FalseAlarms alarms = FalseAlarms.of(run, new AlarmRate(rate));

            assertThat(alarms.isAsPromised())
                    .as("%d flags of %d rows at %s", alarms.flags(), alarms.rows(), alarms.rate())
                    .isTrue();
        }
    }

    @Test
    void theChanceOfTheCalibrationWidensWhatIsPromised() {
        FalseAlarms alarms = FalseAlarms.of(run, new AlarmRate(0.01));

        assertThat(alarms.least()).isLessThan(alarms.low() + 1);
        assertThat(alarms.most()).isGreaterThan(alarms.high());
    }

    @Test
    void freshPaymentsAreFlaggedAtTheSetRate() throws IOException {
        try (TrustRun payments = TrustRun.ofPayments(4_500, 1)) {
            assertThat(payments.training().size() + payments.fresh().size()).isEqualTo(4_500);
            assertThat(payments.training()).hasSizeBetween(1_300, 1_700);
            assertThat(FalseAlarms.of(payments, new AlarmRate(0.05)).isAsPromised())
                    .isTrue();
        }
    }

    @Test
    void theCorruptedFieldIsNamedFirst() {
        Attribution attribution = Attribution.of(run, new Judge(run.model().card(), new AlarmRate(1e-3)), 1);

        assertThat(attribution.flagged()).isGreaterThan(50);
        assertThat(attribution.first()).isGreaterThanOrEqualTo((int) (0.85 * attribution.flagged()));
        assertThat(attribution.among()).isGreaterThanOrEqualTo((int) (0.97 * attribution.flagged()));
    }

    @Test
    void removedValuesAreExpectedCloserThanTheMedian() {
        Expected expected = Expected.of(run);

        assertThat(expected.better()).isGreaterThanOrEqualTo((int) (0.8 * expected.fields()));
        assertThat(expected.within() / expected.fields()).isBetween(0.9, 0.99);
    }
}

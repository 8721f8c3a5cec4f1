package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.quickstart.PaymentSimulator.Fraud;
import dev.surprisal.quickstart.PaymentSimulator.Payment;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaymentSimulatorTest {

    private static final int PAYMENTS = 20_000;

    @Test
    void theSameSeedGivesTheSamePayments() {
        assertThat(payments(3)).isEqualTo(payments(3));
        assertThat(payments(3)).isNotEqualTo(payments(4));
    }

    @Test
    void aboutOneInAHundredIsFraudOfEveryKind() {
        Map<Fraud, Integer> counts = new EnumMap<>(Fraud.class);
        payments(1).stream()
                .filter(payment -> payment.fraud() != null)
                .forEach(payment -> counts.merge(payment.fraud(), 1, Integer::sum));

        assertThat(counts).containsOnlyKeys(Fraud.values());
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isBetween(PAYMENTS / 130, PAYMENTS / 75);
    }

    @Test
    void everyPaymentFitsTheSpecAndNoneTellsTheTruth() throws IOException {
        RecordSpec spec = PaymentData.readSpec();
        RecordEncoder encoder = new RecordEncoder(
                spec,
                spec.categoryColumns().stream()
                        .map(column -> (CategoryCodes) value -> 1)
                        .toList());
        JsonRecordParser parser = new JsonRecordParser(spec, encoder);
        EncodedRow row = encoder.newRow();
        for (Payment payment : payments(1)) {
            parser.parse(payment.json().getBytes(StandardCharsets.UTF_8), row);
            assertThat(payment.json()).doesNotContain("fraud");
        }
    }

    private static List<Payment> payments(long seed) {
        PaymentSimulator simulator = new PaymentSimulator(seed);
        List<Payment> payments = new ArrayList<>();
        for (int i = 0; i < PAYMENTS; i++) {
            payments.add(simulator.next());
        }
        return payments;
    }
}

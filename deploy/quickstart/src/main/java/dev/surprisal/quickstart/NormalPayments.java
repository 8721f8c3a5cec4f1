package dev.surprisal.quickstart;

import dev.surprisal.quickstart.PaymentSimulator.Payment;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;

/** The simulated payments of the demo without the fraud among them. Their habits do not change with time. */
public final class NormalPayments {

    private final PaymentSimulator simulator;

    /** @param seed of the cards and of what becomes of them */
    public NormalPayments(long seed) {
        simulator = new PaymentSimulator(seed);
    }

    /** The spec of the records. */
    public static RecordSpec spec() throws IOException {
        return PaymentData.readSpec();
    }

    /** The next record, a line of JSON. */
    public String next() {
        Payment payment = simulator.next();
        while (payment.fraud() != null) {
            payment = simulator.next();
        }
        return payment.json();
    }
}

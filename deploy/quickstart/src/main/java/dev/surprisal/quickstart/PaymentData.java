package dev.surprisal.quickstart;

import dev.surprisal.quickstart.PaymentSimulator.Payment;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Simulated payments: the first third to train on, the fraud among them included, as nobody knows it yet. */
final class PaymentData implements DemoData {

    private static final String NORMAL = "none";

    private final PaymentSimulator simulator;
    private final RecordSpec spec;
    private final Path trainingFile;
    private final long size;

    private PaymentData(PaymentSimulator simulator, RecordSpec spec, Path trainingFile, long size) {
        this.simulator = simulator;
        this.spec = spec;
        this.trainingFile = trainingFile;
        this.size = size;
    }

    /** @param records to train on and to stream, together */
    static PaymentData create(Path folder, long records, long seed) throws IOException {
        PaymentSimulator simulator = new PaymentSimulator(seed);
        Path file = folder.resolve("payments-training.jsonl");
        long training = records / 3;
        try (BufferedWriter lines = Files.newBufferedWriter(file)) {
            for (long i = 0; i < training; i++) {
                lines.write(simulator.next().json());
                lines.newLine();
            }
        }
        return new PaymentData(simulator, readSpec(), file, records - training);
    }

    static RecordSpec readSpec() throws IOException {
        try (InputStream yaml = PaymentData.class.getResourceAsStream("payments.yaml")) {
            return SpecFile.parse(new String(yaml.readAllBytes(), StandardCharsets.UTF_8), "payments.yaml");
        }
    }

    @Override
    public RecordSpec spec() {
        return spec;
    }

    @Override
    public Path trainingFile() {
        return trainingFile;
    }

    @Override
    public String topic() {
        return "payments";
    }

    @Override
    public String normal() {
        return NORMAL;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Streamed next() {
        Payment payment = simulator.next();
        String label = payment.fraud() == null
                ? NORMAL
                : payment.fraud().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return new Streamed(payment.card(), payment.json(), label);
    }

    @Override
    public boolean isEndless() {
        return true;
    }

    @Override
    public void close() {
        // The folder belongs to the demo.
    }
}

package dev.surprisal.bench.stream;

import ai.onnxruntime.OrtException;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How near a model's two graphs come, a full batch at a time, to the speed of large matrix products. */
final class Kernels {

    private static final int ROUNDS = 15;
    private static final int BATCHES = 40;
    private static final int PRODUCTS = 8;

    private Kernels() {}

    /**
     * What was measured of a graph.
     *
     * @param flop floating-point operations a record, of the matrix products alone
     * @param micros a record, the median
     * @param peak floating-point operations a second of large products, the median
     */
    record Result(double flop, double micros, double peak) {
        double share() {
            return flop / (micros * 1e-6) / peak;
        }
    }

    /** The first look, then the full score; in turns with the large products. */
    static List<Result> measure(Path file, List<byte[]> records) {
        List<Double> looks = new ArrayList<>();
        List<Double> scores = new ArrayList<>();
        List<Double> peaks = new ArrayList<>();
        try (ScoringModel model = ScoringModel.open(file);
                RowBatch batch = model.newBatch();
                MatrixProduct product = new MatrixProduct()) {
            fill(batch, model.card(), records);
            for (int round = 0; round < ROUNDS; round++) {
                looks.add(micros(batch, batch::look));
                scores.add(micros(batch, batch::score));
                peaks.add(product.measure(PRODUCTS));
            }
            double peak = Medians.of(peaks, Double::doubleValue);
            double[] flop = flop(model.card());
            return List.of(
                    new Result(flop[0], Medians.of(looks, Double::doubleValue), peak),
                    new Result(flop[1], Medians.of(scores, Double::doubleValue), peak));
        } catch (OrtException e) {
            throw new SurprisalException("ONNX Runtime fails at a matrix product: " + e.getMessage(), e);
        }
    }

    private static void fill(RowBatch batch, ModelCard card, List<byte[]> records) {
        RecordEncoder encoder = card.newEncoder();
        JsonRecordParser parser = new JsonRecordParser(card.spec(), encoder);
        EncodedRow row = encoder.newRow();
        for (int i = 0; !batch.isFull(); i++) {
            parser.parse(records.get(i % records.size()), row);
            batch.add(row);
        }
    }

    private static double micros(RowBatch batch, Runnable work) {
        long start = System.nanoTime();
        for (int i = 0; i < BATCHES; i++) {
            work.run();
        }
        return (System.nanoTime() - start) / 1e3 / BATCHES / batch.size();
    }

    /** Of the first look and of the full score: encoder once, decoder and prior for each sample; the one-hot part of the encoder is looked up, not multiplied. */
    private static double[] flop(ModelCard card) {
        Map<String, String> configuration = card.provenance().configuration();
        int[] hidden = Arrays.stream(
                        configuration.get("hidden").replaceAll("[\\[\\] ]", "").split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
        int latent = Integer.parseInt(configuration.get("latent"));
        int components = Integer.parseInt(configuration.get("pseudo_inputs"));
        int members = Integer.parseInt(configuration.get("ensemble"));
        int numbers = card.spec().numberColumns().size();
        int outputs = numbers
                + card.vocabularies().stream()
                        .mapToInt(vocabulary -> vocabulary.values().size())
                        .sum();
        double between = 0;
        for (int i = 1; i < hidden.length; i++) {
            between += (double) hidden[i - 1] * hidden[i];
        }
        double encoder = (double) numbers * hidden[0] + between + 2.0 * latent * hidden[hidden.length - 1];
        double decoder = (double) latent * hidden[hidden.length - 1] + between + (double) hidden[0] * outputs;
        double prior = 2.0 * latent * components;
        int samples = Integer.parseInt(configuration.get("samples"));
        return new double[] {
            2 * members * (encoder + prior + decoder + prior),
            2 * members * (encoder + prior + samples * (decoder + prior))
        };
    }
}

package dev.surprisal.trainer.vae;

import dev.surprisal.trainer.data.EncodedRows;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A small network in double precision with random parameters, and a batch of random rows for it.
 *
 * @param network whose log-variances and own parameters of likelihoods stay clear of all clamps
 * @param batch of all the rows
 */
record RandomNetwork(
        Columns columns,
        VaeConfig config,
        Network network,
        EncodedRows rows,
        Standardisation standardisation,
        Batch batch) {

    /** The standard deviation of what is added to the starting values. */
    private static final double SPREAD = 0.1;

    /**
     * Makes one.
     *
     * @param components of a VampPrior; 0 = the standard normal prior
     * @param missing the share of values that are missing
     */
    static RandomNetwork of(Columns columns, int components, double missing, Random random) {
        EncodedRows rows = GradientTest.rows(columns, missing, random);
        Standardisation standardisation = Standardisation.of(rows);
        Batch batch = new Batch(columns, standardisation, rows.size(), 0, 0);
        batch.load(rows);
        float[] pseudoInputs = new float[components * Batch.inputs(columns)];
        for (int i = 0; i < pseudoInputs.length; i++) {
            pseudoInputs[i] = (float) random.nextGaussian();
        }
        VaeConfig config = new VaeConfig(3, List.of(5, 4), components, rows.size(), 1, 1e-3, 0, 0, 1);
        Network network = new Network(columns, config, DataType.DOUBLE, rows.size(), pseudoInputs);
        INDArray values = network.parameters().values();
        for (long i = 0; i < values.length(); i++) {
            // What a float holds, so that the trained model has these very parameters.
            values.putScalar(i, (float) (values.getDouble(i) + SPREAD * random.nextGaussian()));
        }
        for (long i = 0; i < network.noise().length(); i++) {
            network.noise().putScalar(i, random.nextGaussian());
        }
        return new RandomNetwork(columns, config, network, rows, standardisation, batch);
    }

    TrainedVae trained() {
        return network.toTrained(batch, columns, standardisation);
    }
}

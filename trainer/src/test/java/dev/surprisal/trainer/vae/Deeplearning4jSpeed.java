package dev.surprisal.trainer.vae;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.GaussianReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Prints how many examples a second of processor time goes through training, here and in Deeplearning4j's layer, in turns: a programme, not a test. */
final class Deeplearning4jSpeed {

    private static final int FIELDS = 30;
    private static final int STEPS = 128;

    private Deeplearning4jSpeed() {}

    /** Without arguments. */
    public static void main(String[] arguments) {
        for (int batch : new int[] {256, 1_024}) {
            TrainingSpeed ours = TrainingSpeed.ofYardstick(batch);
            MultiLayerNetwork layer = layer();
            double here = 0;
            double there = 0;
            for (int turn = 0; turn < 3; turn++) {
                here = Math.max(here, ours.measure(1));
                there = Math.max(there, measure(layer, batch));
            }
            System.out.printf(
                    Locale.ROOT, "batch %d: %,.0f here, %,.0f there, ratio %.2f%n", batch, here, there, there / here);
        }
    }

    private static double measure(MultiLayerNetwork network, int batch) {
        INDArray rows = Nd4j.randn(DataType.FLOAT, batch, FIELDS);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int step = 0; step < STEPS; step++) {
            network.pretrainLayer(0, rows);
        }
        return (double) STEPS * batch / ((threads.getCurrentThreadCpuTime() - start) / 1e9);
    }

    private static MultiLayerNetwork layer() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .activation(Activation.RELU)
                .updater(new Adam(1e-3))
                .list()
                .layer(new VariationalAutoencoder.Builder()
                        .encoderLayerSizes(128, 64)
                        .decoderLayerSizes(64, 128)
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(new GaussianReconstructionDistribution(Activation.IDENTITY))
                        .nIn(FIELDS)
                        .nOut(8)
                        .build())
                .build());
        network.init();
        return network;
    }
}

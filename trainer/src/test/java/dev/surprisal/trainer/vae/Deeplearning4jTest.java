package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.variational.BernoulliReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.GaussianReconstructionDistribution;
import org.deeplearning4j.nn.conf.layers.variational.ReconstructionDistribution;
import org.deeplearning4j.nn.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The bound and its gradient against Deeplearning4j's own layer with the same weights and the same noise. */
class Deeplearning4jTest {

    private static final int FIELDS = 3;
    private static final double TOLERANCE = 1e-9;
    /** Its names of the parameters that both have, in our order. */
    private static final List<String> BEFORE_THE_LIKELIHOOD = List.of(
            "e0W",
            "e0b",
            "e1W",
            "e1b",
            "pZXMeanW",
            "pZXMeanb",
            "pZXLogStd2W",
            "pZXLogStd2b",
            "d0W",
            "d0b",
            "d1W",
            "d1b");

    @ParameterizedTest
    @EnumSource(names = {"GAUSSIAN", "BERNOULLI"})
    void itsLayerHasTheSameBoundAndGradient(NumberLikelihood likelihood) {
        Columns columns = new Columns(Collections.nCopies(FIELDS, likelihood), List.of());
        RandomNetwork random = RandomNetwork.of(columns, 0, 0, new Random(11));
        Network network = random.network();
        boolean gaussian = likelihood == NumberLikelihood.GAUSSIAN;
        VariationalAutoencoder layer = layer(
                random.config(),
                gaussian
                        ? new GaussianReconstructionDistribution(Activation.IDENTITY)
                        : new BernoulliReconstructionDistribution(Activation.SIGMOID));
        copy(network.parameters().values(), random.config(), gaussian, layer);
        // One array is its input and its target, so ours are not standardised here.
        Standardisation none = new Standardisation(new float[FIELDS], new float[] {1, 1, 1});
        Batch batch = new Batch(columns, none, random.rows().size(), 0, 0);
        batch.load(random.rows());
        layer.setInput(doubles(batch), LayerWorkspaceMgr.noWorkspaces());

        Nd4j.getRandom().setSeed(5);
        network.noise().assign(Nd4j.randn(DataType.DOUBLE, network.noise().shape()));
        Nd4j.getRandom().setSeed(5);
        layer.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
        double[] bounds = network.bounds(batch, 1);
        double[] weights = new double[bounds.length];
        Arrays.fill(weights, 1);
        network.gradient(1, weights);

        // Its score is the mean of the negative bounds.
        assertThat(-layer.score()).isCloseTo(Arrays.stream(bounds).average().orElseThrow(), within(TOLERANCE));
        ParameterSlices gradient = new ParameterSlices(network.parameters().gradient());
        for (String name : BEFORE_THE_LIKELIHOOD) {
            // Theirs is that of the negative bound.
            double[] theirs = layer.gradient()
                    .gradientForVariable()
                    .get(name)
                    .dup('c')
                    .neg()
                    .data()
                    .asDouble();
            double[] ours = next(gradient, layer, name).data().asDouble();
            assertThat(ours).as(name).containsExactly(theirs, within(TOLERANCE));
        }
    }

    /** The network's layers in double precision; its hidden activation x sigmoid(x) is called Swish there. */
    private static VariationalAutoencoder layer(VaeConfig config, ReconstructionDistribution likelihood) {
        int[] hidden = config.hidden().stream().mapToInt(width -> width).toArray();
        int[] mirrored = IntStream.range(0, hidden.length)
                .map(i -> hidden[hidden.length - 1 - i])
                .toArray();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.SWISH)
                .list()
                .layer(new org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder.Builder()
                        .encoderLayerSizes(hidden)
                        .decoderLayerSizes(mirrored)
                        .pzxActivationFunction(Activation.IDENTITY)
                        .reconstructionDistribution(likelihood)
                        .nIn(FIELDS)
                        .nOut(config.latent())
                        .build())
                .build());
        network.init();
        VariationalAutoencoder layer = (VariationalAutoencoder) network.getLayer(0);
        layer.setBackpropGradientsViewArray(Nd4j.create(DataType.DOUBLE, 1, network.numParams()));
        return layer;
    }

    /** Its Gaussian takes log-variances from z; with weights of 0 they are the bias alone. */
    private static void copy(INDArray values, VaeConfig config, boolean gaussian, VariationalAutoencoder layer) {
        ParameterSlices from = new ParameterSlices(values);
        for (String name : BEFORE_THE_LIKELIHOOD) {
            layer.setParam(name, next(from, layer, name));
        }
        INDArray logScale = gaussian ? from.next(1, FIELDS) : null;
        INDArray weights = from.next(config.hidden().get(0), FIELDS);
        INDArray bias = from.next(1, FIELDS);
        assertThat(from.isAtEnd()).isTrue();
        if (gaussian) {
            INDArray logVariance = Nd4j.create(DataType.DOUBLE, 1, FIELDS);
            for (int j = 0; j < FIELDS; j++) {
                logVariance.putScalar(0, j, Math.log(0.01 + Math.exp(2 * logScale.getDouble(0, j))));
            }
            weights = Nd4j.hstack(weights, weights.mul(0));
            bias = Nd4j.hstack(bias, logVariance);
        }
        layer.setParam("pXZW", weights);
        layer.setParam("pXZb", bias);
    }

    private static INDArray doubles(Batch batch) {
        double[] values = new double[batch.input().length];
        Arrays.setAll(values, i -> batch.input()[i]);
        return Nd4j.createFromArray(values).reshape('c', batch.size(), FIELDS);
    }

    /** What comes next, in the shape of a parameter of theirs. */
    private static INDArray next(ParameterSlices slices, VariationalAutoencoder layer, String name) {
        INDArray theirs = layer.getParam(name);
        return slices.next(theirs.rows(), theirs.columns());
    }
}

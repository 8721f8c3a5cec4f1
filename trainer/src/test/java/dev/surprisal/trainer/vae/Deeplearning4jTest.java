package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import java.util.ArrayList;
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
    private static final int WIDTH = 5;
    private static final double TOLERANCE = 1e-9;
    /** Its variances have no floor; ours of 0.01 beside some 2,000 changes the logarithm of each by 5e-6. */
    private static final double WITH_FLOOR = 1e-5;

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
    @EnumSource(names = {"GAUSSIAN", "HETEROSCEDASTIC", "BERNOULLI"})
    void itsLayerHasTheSameBoundAndGradient(NumberLikelihood likelihood) {
        Columns columns = new Columns(Collections.nCopies(FIELDS, likelihood), List.of());
        RandomNetwork random = RandomNetwork.of(columns, 0, 0, new Random(11));
        Network network = random.network();
        VariationalAutoencoder layer = layer(
                random.config(),
                likelihood == NumberLikelihood.BERNOULLI
                        ? new BernoulliReconstructionDistribution(Activation.SIGMOID)
                        : new GaussianReconstructionDistribution(Activation.IDENTITY));
        double tolerance = likelihood == NumberLikelihood.HETEROSCEDASTIC ? WITH_FLOOR : TOLERANCE;
        boolean heteroscedastic = likelihood == NumberLikelihood.HETEROSCEDASTIC;
        if (heteroscedastic) {
            makeTheFloorNegligible(network.parameters().values());
        }
        copy(network.parameters().values(), likelihood, layer);
        // One array is its input and its target, so ours are not standardised here.
        float unit = heteroscedastic ? 0.1f : 1;
        Standardisation common = new Standardisation(new float[FIELDS], new float[] {unit, unit, unit});
        Batch batch = new Batch(columns, common, random.rows().size(), 0, 0);
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
        assertThat(-layer.score()).isCloseTo(Arrays.stream(bounds).average().orElseThrow(), within(tolerance));
        ParameterSlices gradient = new ParameterSlices(network.parameters().gradient());
        List<String> names = new ArrayList<>(BEFORE_THE_LIKELIHOOD);
        if (likelihood != NumberLikelihood.GAUSSIAN) {
            names.addAll(List.of("pXZW", "pXZb"));
        }
        for (String name : names) {
            // Theirs is that of the negative bound.
            double[] theirs = layer.gradient()
                    .gradientForVariable()
                    .get(name)
                    .dup('c')
                    .neg()
                    .data()
                    .asDouble();
            double greatest =
                    Math.max(1, Arrays.stream(theirs).map(Math::abs).max().orElseThrow());
            double[] ours = next(gradient, layer, name).data().asDouble();
            assertThat(ours).as(name).containsExactly(theirs, within(2 * tolerance * greatest));
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

    /** Wide distributions, of numbers that lie far apart, which the encoder looks at through small weights. */
    private static void makeTheFloorNegligible(INDArray values) {
        for (long i = 0; i < FIELDS * WIDTH; i++) {
            values.putScalar(i, 0.02 * values.getDouble(i));
        }
        long head = values.length() - (WIDTH + 1) * 2 * FIELDS;
        for (long i = 0; i < (WIDTH + 1) * 2 * FIELDS; i++) {
            boolean ofVariance = i % (2 * FIELDS) >= FIELDS;
            if (ofVariance) {
                boolean bias = i >= WIDTH * 2 * FIELDS;
                values.putScalar(head + i, (bias ? 7.6 : 0) + 0.2 * values.getDouble(head + i));
            }
        }
    }

    /** Its Gaussian takes log-variances from z, behind the means; with weights of 0 they are the bias alone. */
    private static void copy(INDArray values, NumberLikelihood likelihood, VariationalAutoencoder layer) {
        ParameterSlices from = new ParameterSlices(values);
        for (String name : BEFORE_THE_LIKELIHOOD) {
            layer.setParam(name, next(from, layer, name));
        }
        if (likelihood != NumberLikelihood.GAUSSIAN) {
            layer.setParam("pXZW", next(from, layer, "pXZW"));
            layer.setParam("pXZb", next(from, layer, "pXZb"));
        } else {
            INDArray logVariance = from.next(1, FIELDS);
            for (int j = 0; j < FIELDS; j++) {
                logVariance.putScalar(0, j, Math.log(0.01 + Math.exp(2 * logVariance.getDouble(0, j))));
            }
            INDArray weights = from.next(WIDTH, FIELDS);
            layer.setParam("pXZW", Nd4j.hstack(weights, weights.mul(0)));
            layer.setParam("pXZb", Nd4j.hstack(from.next(1, FIELDS), logVariance));
        }
        assertThat(from.isAtEnd()).isTrue();
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

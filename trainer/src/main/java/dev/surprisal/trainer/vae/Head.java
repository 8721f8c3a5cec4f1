package dev.surprisal.trainer.vae;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A likelihood with the layer that feeds it from the decoder's output. */
final class Head {

    private final Likelihood likelihood;
    private final DenseLayer layer;
    private INDArray output;
    private INDArray outputGradient;
    private DenseLayer.Pass pass;
    private Product toDecoding;

    private Head(Likelihood likelihood, DenseLayer layer) {
        this.likelihood = likelihood;
        this.layer = layer;
    }

    /**
     * One for each likelihood.
     *
     * @param parameters are asked for those of the layers
     * @param decoded how wide the decoder's output is
     */
    static List<Head> of(List<Likelihood> likelihoods, Parameters parameters, int decoded) {
        List<Head> heads = new ArrayList<>();
        for (Likelihood likelihood : likelihoods) {
            heads.add(new Head(likelihood, new DenseLayer(parameters, decoded, likelihood.headColumns().length)));
        }
        return heads;
    }

    /** Takes its place behind a decoder, once parameters are allocated. */
    void bind(Mlp.Pass decoding, DataType type, int size) {
        output = Elementwise.zeros(type, size, layer.outputs());
        outputGradient = Elementwise.zeros(type, size, layer.outputs());
        pass = layer.pass(decoding.output(), output, outputGradient);
        toDecoding = pass.toInput(decoding.outputGradient());
    }

    void initialise(Random random) {
        layer.initialise(random);
        likelihood.initialise();
    }

    Likelihood likelihood() {
        return likelihood;
    }

    DenseLayer layer() {
        return layer;
    }

    void addLogProbability(Batch batch, double[] perRow) {
        likelihood.load(batch);
        pass.forward();
        likelihood.addLogProbability(output, perRow);
    }

    /** The gradient goes to its layer and, over or onto what is there, to the decoder's output. */
    void gradient(RowWeights weights, boolean first) {
        likelihood.gradient(output, outputGradient);
        weights.scale(outputGradient);
        pass.backward();
        toDecoding.add(first ? 0 : 1);
    }
}

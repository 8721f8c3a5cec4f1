package dev.surprisal.trainer.vae;

import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The parameters of a fully connected layer, y = x W + b, within those of the network. */
final class DenseLayer {

    private final int inputs;
    private final int outputs;
    private final Parameters.Block weights;
    private final Parameters.Block bias;

    DenseLayer(Parameters parameters, int inputs, int outputs) {
        this.inputs = inputs;
        this.outputs = outputs;
        weights = parameters.add(inputs, outputs);
        bias = parameters.add(1, outputs);
    }

    int outputs() {
        return outputs;
    }

    /** Uniform in +-1 / sqrt(inputs), weights and bias alike. */
    void initialise(Random random) {
        double bound = 1 / Math.sqrt(inputs);
        for (Parameters.Block block : new Parameters.Block[] {weights, bias}) {
            INDArray values = block.values();
            for (long row = 0; row < values.rows(); row++) {
                for (long column = 0; column < values.columns(); column++) {
                    values.putScalar(row, column, bound * (2 * random.nextDouble() - 1));
                }
            }
        }
    }

    Dense toDense() {
        return new Dense(inputs, outputs, weights.toFloats(), bias.toFloats());
    }

    /** Binds the layer to the arrays of one step. */
    Pass pass(INDArray input, INDArray output, INDArray outputGradient) {
        return new Pass(input, output, outputGradient);
    }

    /** The layer between two arrays of R rows. */
    final class Pass {
        private final INDArray outputGradient;
        private final Product spreadBias;
        private final Product forward;
        private final Product weightGradient;
        private final Product biasGradient;

        private Pass(INDArray input, INDArray output, INDArray outputGradient) {
            this.outputGradient = outputGradient;
            forward = Product.of(input, weights.values(), output);
            weightGradient = Product.ofTransposed(input, outputGradient, weights.gradient());
            INDArray ones = Elementwise.ones(output.dataType(), output.rows(), 1);
            spreadBias = Product.of(ones, bias.values(), output);
            biasGradient = Product.ofTransposed(ones, outputGradient, bias.gradient());
        }

        void forward() {
            spreadBias.set();
            forward.add(1);
        }

        /** The gradient of the parameters, from that of the output. */
        void backward() {
            weightGradient.set();
            biasGradient.set();
        }

        /** The product that takes the gradient of some rows of the output to that of the same rows of the input. */
        Product toInput(INDArray inputGradient, long fromRow, long toRow) {
            return Product.byTransposed(
                    Elementwise.rows(outputGradient, fromRow, toRow), weights.values(), inputGradient);
        }

        Product toInput(INDArray inputGradient) {
            return toInput(inputGradient, 0, outputGradient.rows());
        }
    }
}

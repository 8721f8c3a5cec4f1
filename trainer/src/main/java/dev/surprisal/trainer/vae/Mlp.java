package dev.surprisal.trainer.vae;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Hidden layers: dense, each followed by a nonlinearity. */
final class Mlp {

    private final List<DenseLayer> layers = new ArrayList<>();
    private final Activation activation;
    private final int outputs;

    Mlp(Parameters parameters, Activation activation, int inputs, List<Integer> widths) {
        this.activation = activation;
        int width = inputs;
        for (int next : widths) {
            layers.add(new DenseLayer(parameters, width, next));
            width = next;
        }
        outputs = width;
    }

    int outputs() {
        return outputs;
    }

    void initialise(Random random) {
        layers.forEach(layer -> layer.initialise(random));
    }

    List<Dense> toDense() {
        return layers.stream().map(DenseLayer::toDense).toList();
    }

    /** Binds the layers to an input of R rows. */
    Pass pass(INDArray input) {
        return new Pass(input);
    }

    /** The hidden layers on R rows. */
    final class Pass {
        private final List<Hidden> hidden = new ArrayList<>();
        private final List<Product> toInput = new ArrayList<>();

        private Pass(INDArray input) {
            INDArray from = input;
            for (DenseLayer layer : layers) {
                Hidden next = new Hidden(layer, from);
                if (!hidden.isEmpty()) {
                    toInput.add(next.dense.toInput(hidden.get(hidden.size() - 1).gradient));
                }
                hidden.add(next);
                from = next.output;
            }
        }

        private Hidden last() {
            return hidden.get(hidden.size() - 1);
        }

        /** [R, width of the last layer] */
        INDArray output() {
            return last().output;
        }

        /** Where the gradient of the output is to be put before {@link #backward}. */
        INDArray outputGradient() {
            return last().gradient;
        }

        void forward() {
            hidden.forEach(Hidden::forward);
        }

        /** From the gradient of the output to that of the parameters. */
        void backward() {
            for (int i = hidden.size() - 1; i >= 0; i--) {
                hidden.get(i).backward();
                if (i > 0) {
                    toInput.get(i - 1).set();
                }
            }
        }

        /** The product that, after {@link #backward}, gives the gradient of some rows of the input. */
        Product toInput(INDArray inputGradient, long fromRow, long toRow) {
            return hidden.get(0).dense.toInput(inputGradient, fromRow, toRow);
        }
    }

    /** One layer with its activation. */
    private final class Hidden {
        private final DenseLayer.Pass dense;
        private final INDArray linear;
        private final INDArray work;
        private final INDArray output;
        private final INDArray gradient;

        Hidden(DenseLayer layer, INDArray input) {
            DataType type = input.dataType();
            linear = Elementwise.zeros(type, input.rows(), layer.outputs());
            work = Elementwise.zeros(type, input.rows(), layer.outputs());
            output = Elementwise.zeros(type, input.rows(), layer.outputs());
            gradient = Elementwise.zeros(type, input.rows(), layer.outputs());
            dense = layer.pass(input, linear, gradient);
        }

        void forward() {
            dense.forward();
            activation.forward(linear, work, output);
        }

        void backward() {
            activation.backward(linear, work, output, gradient);
            dense.backward();
        }
    }
}

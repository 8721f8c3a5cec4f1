package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** The nonlinearity of hidden layers. All arrays are [R, width]. */
enum Activation {

    /** y = x sigmoid(x) (Elfwing et al. 2018). */
    SILU {
        @Override
        void forward(INDArray linear, INDArray work, INDArray output) {
            Elementwise.sigmoid(linear, work);
            Elementwise.multiply(linear, work, output);
        }

        /** y' = s + y (1 - s) with s = sigmoid(x). */
        @Override
        void backward(INDArray linear, INDArray work, INDArray output, INDArray gradient) {
            Elementwise.multiply(output, work, linear);
            Elementwise.subtract(output, linear, linear);
            Elementwise.add(linear, work, linear);
            Elementwise.multiply(gradient, linear, gradient);
        }
    },

    /** y = max(x, 0); no model has it, but measurements of speed compare with networks that do. */
    RELU {
        @Override
        void forward(INDArray linear, INDArray work, INDArray output) {
            Elementwise.atLeast(0, linear, output);
        }

        @Override
        void backward(INDArray linear, INDArray work, INDArray output, INDArray gradient) {
            Nd4j.exec(new Step(output, linear, 0));
            Elementwise.multiply(gradient, linear, gradient);
        }
    };

    /** Takes x to y; what {@link #backward} needs beside may be left in the work array. */
    abstract void forward(INDArray linear, INDArray work, INDArray output);

    /** Takes the gradient by y to that by x, in place; x itself is no longer needed, so its array may be used. */
    abstract void backward(INDArray linear, INDArray work, INDArray output, INDArray gradient);
}

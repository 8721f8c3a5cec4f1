package dev.surprisal.trainer.vae;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** All parameters of a network as one vector, and their gradient as another, so that the optimiser takes one step for all. */
final class Parameters {

    private final List<Block> blocks = new ArrayList<>();
    private INDArray values;
    private INDArray gradient;
    private long length;

    /** Asks for a matrix; its arrays are there after {@link #allocate}. */
    Block add(long rows, long columns) {
        Block block = new Block(length, rows, columns);
        blocks.add(block);
        length += rows * columns;
        return block;
    }

    void allocate(DataType type) {
        values = Nd4j.create(type, 1, length);
        gradient = Nd4j.create(type, 1, length);
        for (Block block : blocks) {
            block.values = block.view(values);
            block.gradient = block.view(gradient);
        }
    }

    /** [1, P] */
    INDArray values() {
        return values;
    }

    /** [1, P] */
    INDArray gradient() {
        return gradient;
    }

    /** A copy of the values. */
    float[] toFloats() {
        return values.data().asFloat();
    }

    void restore(float[] savedValues) {
        Elementwise.put(savedValues, values);
    }

    /** One matrix of parameters. */
    static final class Block {
        private final long from;
        private final long rows;
        private final long columns;
        private INDArray values;
        private INDArray gradient;

        private Block(long from, long rows, long columns) {
            this.from = from;
            this.rows = rows;
            this.columns = columns;
        }

        INDArray values() {
            return values;
        }

        INDArray gradient() {
            return gradient;
        }

        /** Row-major copy. */
        float[] toFloats() {
            return values.dup('c').data().asFloat();
        }

        private INDArray view(INDArray all) {
            return all.get(NDArrayIndex.point(0), NDArrayIndex.interval(from, from + rows * columns))
                    .reshape('c', rows, columns);
        }
    }
}

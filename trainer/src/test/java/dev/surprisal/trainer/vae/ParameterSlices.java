package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Copies of the matrices of a flat vector, one after the other: encoder, mu, log sigma^2, decoder, the likelihoods' own, heads, prior. */
final class ParameterSlices {

    private final INDArray flat;
    private long at;

    ParameterSlices(INDArray flat) {
        this.flat = flat;
    }

    /** The next matrix, c-order. */
    INDArray next(long rows, long columns) {
        INDArray slice = flat.get(NDArrayIndex.point(0), NDArrayIndex.interval(at, at + rows * columns))
                .dup('c')
                .reshape('c', rows, columns);
        at += rows * columns;
        return slice;
    }

    /** Where in the vector the next one begins. */
    long position() {
        return at;
    }

    boolean isAtEnd() {
        return at == flat.length();
    }
}

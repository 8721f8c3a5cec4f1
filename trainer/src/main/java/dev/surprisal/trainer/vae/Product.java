package dev.surprisal.trainer.vae;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix product between arrays that stay where they are: C = op(A) op(B), or C += op(A) op(B).
 *
 * <p>BLAS works in f-order. The transpose of a c-order array is an f-order view of the same memory, and C' = op(B)' op(A)', so nothing is copied; the
 * views are made once.
 */
final class Product {

    private final INDArray left;
    private final boolean leftTransposed;
    private final INDArray right;
    private final boolean rightTransposed;
    private final INDArray result;

    private Product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c) {
        left = b.transpose();
        leftTransposed = transposeB;
        right = a.transpose();
        rightTransposed = transposeA;
        result = c.transpose();
    }

    /** C = A B. */
    static Product of(INDArray a, INDArray b, INDArray c) {
        return new Product(a, false, b, false, c);
    }

    /** C = A' B. */
    static Product ofTransposed(INDArray a, INDArray b, INDArray c) {
        return new Product(a, true, b, false, c);
    }

    /** C = A B'. */
    static Product byTransposed(INDArray a, INDArray b, INDArray c) {
        return new Product(a, false, b, true, c);
    }

    /** Overwrites C. */
    void set() {
        Nd4j.gemm(left, right, result, leftTransposed, rightTransposed, 1, 0);
    }

    /** Adds to C, after multiplying what is there by a factor. */
    void add(double factorOfOld) {
        Nd4j.gemm(left, right, result, leftTransposed, rightTransposed, 1, factorOfOld);
    }

    /** Overwrites C by a multiple of the product. */
    void setTimes(double factor) {
        Nd4j.gemm(left, right, result, leftTransposed, rightTransposed, factor, 0);
    }

    /** Adds a multiple of the product to C. */
    void addTimes(double factor) {
        Nd4j.gemm(left, right, result, leftTransposed, rightTransposed, factor, 1);
    }
}

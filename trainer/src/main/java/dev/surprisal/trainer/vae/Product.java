package dev.surprisal.trainer.vae;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A matrix product between c-order arrays that stay where they are: C = op(A) op(B), or C += op(A) op(B).
 *
 * <p>In the memory of this process it calls the BLAS that ND4J brings along, whose own way there takes as long as the arithmetic of a small product. On a GPU it takes that way.
 */
final class Product {

    private final Matrix left;
    private final Matrix right;
    private final Matrix result;
    private final int inner;

    private Product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c) {
        this(a, transposeA, b, transposeB, c, Backend.isOnHost());
    }

    /** @param onHost whether the arrays' memory may be touched; ND4J's own way is open in any case */
    Product(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c, boolean onHost) {
        left = Matrix.of(a, transposeA, onHost);
        right = Matrix.of(b, transposeB, onHost);
        result = Matrix.of(c, false, onHost);
        inner = left.columns();
        if (right.rows() != inner || result.rows() != left.rows() || result.columns() != right.columns()) {
            throw new IllegalArgumentException("the shapes of a product do not fit");
        }
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
        multiply(1, 0);
    }

    /** Adds to C, after multiplying what is there by a factor. */
    void add(double factorOfOld) {
        multiply(1, factorOfOld);
    }

    /** Overwrites C by a multiple of the product. */
    void setTimes(double factor) {
        multiply(factor, 0);
    }

    /** Adds a multiple of the product to C. */
    void addTimes(double factor) {
        multiply(factor, 1);
    }

    private void multiply(double factor, double factorOfOld) {
        if (result.values == null) {
            // ND4J writes in f-order: C' = op(B)' op(A)', of views.
            Nd4j.gemm(
                    right.array.transpose(),
                    left.array.transpose(),
                    result.array.transpose(),
                    right.transposed,
                    left.transposed,
                    factor,
                    factorOfOld);
        } else if (result.values instanceof FloatPointer c) {
            cblas_sgemm(
                    CblasRowMajor,
                    left.operation(),
                    right.operation(),
                    result.rows(),
                    result.columns(),
                    inner,
                    (float) factor,
                    (FloatPointer) left.values,
                    left.stride(),
                    (FloatPointer) right.values,
                    right.stride(),
                    (float) factorOfOld,
                    c,
                    result.stride());
        } else {
            cblas_dgemm(
                    CblasRowMajor,
                    left.operation(),
                    right.operation(),
                    result.rows(),
                    result.columns(),
                    inner,
                    factor,
                    (DoublePointer) left.values,
                    left.stride(),
                    (DoublePointer) right.values,
                    right.stride(),
                    factorOfOld,
                    (DoublePointer) result.values,
                    result.stride());
        }
    }

    /**
     * A matrix in memory.
     *
     * @param array keeps the memory alive
     * @param values its first element; null where its memory must not be touched
     */
    private record Matrix(INDArray array, Pointer values, boolean transposed) {

        static Matrix of(INDArray array, boolean transposed, boolean onHost) {
            boolean cOrder = array.rank() == 2
                    && (array.columns() == 1 || array.stride(1) == 1)
                    && (array.rows() == 1 || array.stride(0) == array.columns());
            if (!cOrder) {
                throw new IllegalArgumentException("a product takes matrices in c-order without gaps");
            }
            if (!onHost) {
                return new Matrix(array, null, transposed);
            }
            Pointer values = array.data().addressPointer();
            return new Matrix(
                    array,
                    array.dataType() == DataType.FLOAT ? new FloatPointer(values) : new DoublePointer(values),
                    transposed);
        }

        int rows() {
            return transposed ? array.columns() : array.rows();
        }

        int columns() {
            return transposed ? array.rows() : array.columns();
        }

        int operation() {
            return transposed ? CblasTrans : CblasNoTrans;
        }

        int stride() {
            return array.columns();
        }
    }
}

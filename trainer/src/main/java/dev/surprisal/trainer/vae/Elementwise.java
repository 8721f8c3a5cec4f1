package dev.surprisal.trainer.vae;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastAddOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastDivOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastSubOp;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log1p;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The element-wise operations of the network, each into an array that is there already. */
final class Elementwise {

    private Elementwise() {}

    /** A new array of zeros, rows x columns, in c-order. */
    static INDArray zeros(DataType type, long rows, long columns) {
        return Nd4j.create(type, rows, columns);
    }

    static INDArray ones(DataType type, long rows, long columns) {
        return Nd4j.ones(type, rows, columns);
    }

    /** A view of some whole rows. */
    static INDArray rows(INDArray array, long from, long to) {
        return from == 0 && to == array.rows()
                ? array
                : array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
                        .reshape('c', to - from, array.columns());
    }

    /** Copies values into the start of an array that is no view. */
    static void put(float[] values, INDArray into) {
        put(values, into, Backend.isOnHost());
    }

    /** @param onHost whether the array's memory may be touched; ND4J's own way is open in any case */
    static void put(float[] values, INDArray into, boolean onHost) {
        if (!onHost) {
            into.data().setData(values);
        } else if (into.data().pointer() instanceof FloatPointer floats) {
            floats.put(values, 0, values.length);
        } else {
            double[] wide = new double[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            put(wide, into, true);
        }
    }

    /** Copies the values of an array of floats that is no view. */
    static void get(INDArray from, float[] values) {
        get(from, values, Backend.isOnHost());
    }

    static void get(INDArray from, float[] values, boolean onHost) {
        if (onHost) {
            ((FloatPointer) from.data().pointer()).get(values, 0, values.length);
        } else {
            System.arraycopy(from.data().asFloat(), 0, values, 0, values.length);
        }
    }

    /** Copies the values of an array that is no view. */
    static void get(INDArray from, double[] values) {
        get(from, values, Backend.isOnHost());
    }

    static void get(INDArray from, double[] values, boolean onHost) {
        if (!onHost) {
            System.arraycopy(from.data().asDouble(), 0, values, 0, values.length);
        } else if (from.data().pointer() instanceof DoublePointer doubles) {
            doubles.get(values, 0, values.length);
        } else {
            float[] narrow = new float[values.length];
            get(from, narrow, true);
            for (int i = 0; i < values.length; i++) {
                values[i] = narrow[i];
            }
        }
    }

    /** Copies values into the start of an array that is no view, rounded to its type. */
    static void put(double[] values, INDArray into) {
        put(values, into, Backend.isOnHost());
    }

    /** @param onHost whether the array's memory may be touched; ND4J's own way is open in any case */
    static void put(double[] values, INDArray into, boolean onHost) {
        if (!onHost) {
            into.data().setData(values);
        } else if (into.data().pointer() instanceof DoublePointer doubles) {
            doubles.put(values, 0, values.length);
        } else {
            float[] narrow = new float[values.length];
            for (int i = 0; i < narrow.length; i++) {
                narrow[i] = (float) values[i];
            }
            put(narrow, into, true);
        }
    }

    /** sums[i] += factor * column[i], of an array [N, 1] that is no view. */
    static void addTimes(double factor, INDArray column, double[] sums) {
        double[] values = column.toDoubleVector();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * values[i];
        }
    }

    static void add(INDArray a, INDArray b, INDArray result) {
        Nd4j.exec(new AddOp(a, b, result));
    }

    static void subtract(INDArray a, INDArray b, INDArray result) {
        Nd4j.exec(new SubOp(a, b, result));
    }

    static void multiply(INDArray a, INDArray b, INDArray result) {
        Nd4j.exec(new MulOp(a, b, result));
    }

    static void divide(INDArray a, INDArray b, INDArray result) {
        Nd4j.exec(new DivOp(a, b, result));
    }

    static void exp(INDArray a, INDArray result) {
        Nd4j.exec(new Exp(a, result));
    }

    static void log1p(INDArray a, INDArray result) {
        Nd4j.exec(new Log1p(a, result));
    }

    static void sigmoid(INDArray a, INDArray result) {
        Nd4j.exec(new Sigmoid(a, result));
    }

    /** result = max(a, least) */
    static void atLeast(double least, INDArray a, INDArray result) {
        Nd4j.exec(new ScalarMax(a, null, result, least));
    }

    static void atMost(double greatest, INDArray a, INDArray result) {
        Nd4j.exec(new ScalarMin(a, null, result, greatest));
    }

    /** result = a + row, the row added to every row. */
    static void addRow(INDArray a, INDArray row, INDArray result) {
        Nd4j.exec(new BroadcastAddOp(a, row, result, 1));
    }

    /** result = a * row, every row multiplied by the row. */
    static void multiplyRow(INDArray a, INDArray row, INDArray result) {
        Nd4j.exec(new BroadcastMulOp(a, row, result, 1));
    }

    /** result = a - column, the column subtracted from every column. */
    static void subtractColumn(INDArray a, INDArray column, INDArray result) {
        Nd4j.exec(new BroadcastSubOp(a, column, result, 0));
    }

    /** result = a * column, every column multiplied by the column. */
    static void multiplyColumn(INDArray a, INDArray column, INDArray result) {
        Nd4j.exec(new BroadcastMulOp(a, column, result, 0));
    }

    /** result = a / column, every column divided by the column. */
    static void divideColumn(INDArray a, INDArray column, INDArray result) {
        Nd4j.exec(new BroadcastDivOp(a, column, result, 0));
    }
}

package dev.surprisal.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rows to score and, once {@link #look} or {@link #score} was called, their first looks or scores; memory outside the heap that ONNX Runtime reads and writes in place.
 *
 * <p>Holds up to {@value #CAPACITY} rows and is reused: {@link #clear}, {@link #add}, {@link #score}, read. One thread at a time; closed by its
 * owner before the model.
 */
public final class RowBatch implements AutoCloseable {

    /** How many rows a batch takes; larger ones are no faster. */
    public static final int CAPACITY = 256;

    // Vector instructions treat what is left over after whole vectors by other code, whose last bit may differ. Whole
    // blocks of rows leave
    // nothing over, so a row's scores do not depend on the batch that it is in.
    static final int BLOCK = 16;

    private final Graphs graphs;
    private final InferenceTime inference;
    private final int numberColumns;
    private final int categoryColumns;
    private final int categoryValues;
    private final FloatBuffer numbers;
    private final LongBuffer categories;
    private final Set<String> explanation;
    private final Map<String, ByteBuffer> outputs = new LinkedHashMap<>();
    private final FloatBuffer elbo;
    private final FloatBuffer logLikelihood;
    private final FloatBuffer reconstruction;
    private final FloatBuffer fieldLogProbability;
    private final FloatBuffer expectedNumbers;
    private final FloatBuffer numberScale;
    private final LongBuffer expectedCategories;
    private final FloatBuffer categoryProbabilities;
    private final FloatBuffer firstLook;
    private final Map<Integer, Tensors> tensors = new HashMap<>();
    private int size;

    /**
     * @param categoryValues how many values all categories have together; 0 to leave out their probabilities
     * @param inference is told how long the sessions ran
     */
    RowBatch(RecordSpec spec, Graphs graphs, int categoryValues, InferenceTime inference) {
        this.graphs = graphs;
        this.inference = inference;
        this.categoryValues = categoryValues;
        explanation = Signature.explanation(spec);
        numberColumns = spec.numberColumns().size();
        categoryColumns = spec.categoryColumns().size();
        numbers = direct(numberColumns * Float.BYTES).asFloatBuffer();
        categories = direct(categoryColumns * Long.BYTES).asLongBuffer();
        elbo = output(Signature.ELBO, Float.BYTES).asFloatBuffer();
        logLikelihood = output(Signature.LOG_LIKELIHOOD, Float.BYTES).asFloatBuffer();
        reconstruction =
                output(Signature.RECONSTRUCTION_LOG_PROBABILITY, Float.BYTES).asFloatBuffer();
        fieldLogProbability = output(Signature.FIELD_LOG_PROBABILITY, (numberColumns + categoryColumns) * Float.BYTES)
                .asFloatBuffer();
        expectedNumbers =
                output(Signature.EXPECTED_NUMBERS, numberColumns * Float.BYTES).asFloatBuffer();
        numberScale =
                output(Signature.NUMBER_SCALE, numberColumns * Float.BYTES).asFloatBuffer();
        expectedCategories = output(Signature.EXPECTED_CATEGORIES, categoryColumns * Long.BYTES)
                .asLongBuffer();
        categoryProbabilities = output(Signature.CATEGORY_PROBABILITIES, categoryValues * Float.BYTES)
                .asFloatBuffer();
        firstLook = direct(Float.BYTES).asFloatBuffer();
    }

    /** How many rows there are. */
    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == CAPACITY;
    }

    /** Removes all rows. */
    public void clear() {
        size = 0;
    }

    /** Appends a row, by copying it. */
    public void add(EncodedRow row) {
        put(size++, row.numbers(), 0, row.categories(), 0);
    }

    /** Appends a row that stands in row-major arrays, by copying it. */
    public void add(float[] rowNumbers, int numbersFrom, int[] rowCategories, int categoriesFrom) {
        put(size++, rowNumbers, numbersFrom, rowCategories, categoriesFrom);
    }

    /**
     * Appends a row of another batch of the same model, without the value of a column.
     *
     * @param column numbers first, then categories
     */
    public void addWithout(RowBatch other, int row, int column) {
        int at = size;
        add(other, row);
        if (column < numberColumns) {
            numbers.put(at * numberColumns + column, Float.NaN);
        } else {
            categories.put(at * categoryColumns + column - numberColumns, CategoryCodes.MISSING);
        }
    }

    /** Appends a row of another batch of the same model. */
    public void add(RowBatch other, int row) {
        numbers.put(size * numberColumns, other.numbers, row * numberColumns, numberColumns);
        categories.put(size * categoryColumns, other.categories, row * categoryColumns, categoryColumns);
        size++;
    }

    private void put(int at, float[] rowNumbers, int numbersFrom, int[] rowCategories, int categoriesFrom) {
        numbers.put(at * numberColumns, rowNumbers, numbersFrom, numberColumns);
        for (int c = 0; c < categoryColumns; c++) {
            categories.put(at * categoryColumns + c, rowCategories[categoriesFrom + c]);
        }
    }

    /** Scores all rows in full. */
    public void score() {
        if (size > 0) {
            Tensors pinned = pinned();
            run(graphs.full(), pinned.inputs, pinned.outputs);
        }
    }

    /** Takes a first look at all rows, at a fraction of the cost; only of a model that has one. */
    public void look() {
        if (size > 0) {
            Tensors pinned = pinned();
            run(graphs.firstLook(), pinned.inputs, pinned.firstLook);
        }
    }

    /** Whether the model can {@link #explain}. */
    boolean explains() {
        return graphs.explanation() != null;
    }

    /** Takes a first look at all rows, and tells what is expected of their fields, at z = mu(x); only of a model that has a graph for that. */
    public void explain() {
        if (size > 0) {
            Tensors pinned = pinned();
            run(graphs.explanation(), pinned.inputs, pinned.explanation);
        }
    }

    /** The posterior means mu(x) of all rows [N][K]; only of a model with a latent map. Scoring does not ask for them. */
    public float[][] latentMeans() {
        return size == 0
                ? new float[0][]
                : Arrays.copyOf(ScoringModel.matrix(graphs.full(), pinned().inputs, Signature.LATENT_MEAN), size);
    }

    private void run(OrtSession of, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> into) {
        long start = System.nanoTime();
        ScoringModel.run(of, inputs, into);
        inference.add(System.nanoTime() - start);
    }

    private Tensors pinned() {
        int padded = (size + BLOCK - 1) / BLOCK * BLOCK;
        for (int row = size; row < padded; row++) {
            numbers.put(row * numberColumns, numbers, 0, numberColumns);
            categories.put(row * categoryColumns, categories, 0, categoryColumns);
        }
        return tensors.computeIfAbsent(padded, this::tensors);
    }

    /** The bound at z = mu(x) of a row, in nats. */
    public float firstLook(int row) {
        return firstLook.get(row);
    }

    /** An output of a row, in nats. */
    public float output(ScoreOutput output, int row) {
        return switch (output) {
            case ELBO -> elbo.get(row);
            case LOG_LIKELIHOOD -> logLikelihood.get(row);
            case RECONSTRUCTION_LOG_PROBABILITY -> reconstruction.get(row);
        };
    }

    /** The log-probability of a column of a row, in nats; numbers first, then categories; 0 where missing. */
    public float fieldLogProbability(int row, int column) {
        return fieldLogProbability.get(row * (numberColumns + categoryColumns) + column);
    }

    /** A number as it was put in; NaN where missing. */
    public float number(int row, int column) {
        return numbers.get(row * numberColumns + column);
    }

    /**
     * Whether a row has no value of a column.
     *
     * @param column numbers first, then categories
     */
    public boolean isMissing(int row, int column) {
        return column < numberColumns
                ? Float.isNaN(number(row, column))
                : category(row, column - numberColumns) == CategoryCodes.MISSING;
    }

    /** A category's code as it was put in. */
    public int category(int row, int column) {
        return (int) categories.get(row * categoryColumns + column);
    }

    /** The expected value of a number, in its own unit. */
    public float expectedNumber(int row, int column) {
        return expectedNumbers.get(row * numberColumns + column);
    }

    /** The deviation around the expected value, in its own unit: 1.96 of it on either side hold 95 % of the probability. */
    public float numberScale(int row, int column) {
        return numberScale.get(row * numberColumns + column);
    }

    /** The code of a category's most probable value. */
    public int expectedCategory(int row, int column) {
        return (int) expectedCategories.get(row * categoryColumns + column);
    }

    /** Whether it tells {@link #categoryProbability}. */
    public boolean tellsCategories() {
        return categoryValues > 0;
    }

    /**
     * The probability of a category's value.
     *
     * @param value its place among the known values of all categories, those of the first category first, from 0 on
     */
    public float categoryProbability(int row, int value) {
        return categoryProbabilities.get(row * categoryValues + value);
    }

    @Override
    public void close() {
        tensors.values().forEach(Tensors::close);
        tensors.clear();
    }

    private static ByteBuffer direct(int bytesPerRow) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(CAPACITY, bytesPerRow))
                .order(ByteOrder.nativeOrder());
    }

    private ByteBuffer output(String name, int bytesPerRow) {
        ByteBuffer buffer = direct(bytesPerRow);
        if (bytesPerRow > 0) {
            outputs.put(name, buffer);
        }
        return buffer;
    }

    private Tensors tensors(int rows) {
        Tensors made = new Tensors();
        try {
            if (numberColumns > 0) {
                made.inputs.put(Signature.NUMBERS, made.floats(numbers, rows, numberColumns));
            }
            if (categoryColumns > 0) {
                made.inputs.put(Signature.CATEGORIES, made.longs(categories, rows, categoryColumns));
            }
            for (Map.Entry<String, ByteBuffer> output : outputs.entrySet()) {
                String name = output.getKey();
                OnnxTensor tensor = switch (name) {
                    case Signature.EXPECTED_CATEGORIES ->
                        made.longs(output.getValue().asLongBuffer(), rows, categoryColumns);
                    case Signature.FIELD_LOG_PROBABILITY ->
                        made.floats(output.getValue().asFloatBuffer(), rows, numberColumns + categoryColumns);
                    case Signature.CATEGORY_PROBABILITIES ->
                        made.floats(output.getValue().asFloatBuffer(), rows, categoryValues);
                    case Signature.EXPECTED_NUMBERS, Signature.NUMBER_SCALE ->
                        made.floats(output.getValue().asFloatBuffer(), rows, numberColumns);
                    default -> made.floats(output.getValue().asFloatBuffer(), rows);
                };
                made.outputs.put(name, tensor);
            }
            made.firstLook.put(Signature.FIRST_LOOK, made.floats(firstLook, rows));
            made.explanation.putAll(made.firstLook);
            made.explanation.putAll(made.outputs);
            made.explanation.keySet().retainAll(explanation);
            return made;
        } catch (OrtException e) {
            made.close();
            throw new ModelException("ONNX Runtime cannot take a batch of " + rows + " rows: " + e.getMessage(), e);
        }
    }

    /** The batch's buffers as tensors of one number of rows. */
    private static final class Tensors {
        private final Map<String, OnnxTensor> inputs = new HashMap<>();
        private final Map<String, OnnxTensor> outputs = new HashMap<>();
        private final Map<String, OnnxTensor> firstLook = new HashMap<>();
        private final Map<String, OnnxTensor> explanation = new HashMap<>();
        private final List<OnnxTensor> all = new ArrayList<>();

        OnnxTensor floats(FloatBuffer buffer, int rows, int... more) throws OrtException {
            long[] shape = shape(rows, more);
            return keep(OnnxTensor.createTensor(ScoringModel.environment(), buffer.slice(0, elements(shape)), shape));
        }

        OnnxTensor longs(LongBuffer buffer, int rows, int... more) throws OrtException {
            long[] shape = shape(rows, more);
            return keep(OnnxTensor.createTensor(ScoringModel.environment(), buffer.slice(0, elements(shape)), shape));
        }

        void close() {
            all.forEach(OnnxTensor::close);
        }

        private OnnxTensor keep(OnnxTensor tensor) {
            all.add(tensor);
            return tensor;
        }

        private static long[] shape(int rows, int... more) {
            long[] shape = new long[1 + more.length];
            shape[0] = rows;
            for (int i = 0; i < more.length; i++) {
                shape[i + 1] = more[i];
            }
            return shape;
        }

        private static int elements(long[] shape) {
            int elements = 1;
            for (long length : shape) {
                elements *= (int) length;
            }
            return elements;
        }
    }
}

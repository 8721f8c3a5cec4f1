package dev.surprisal.bench.rows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Records of correlated numbers with three decimals, written as CSV faster than they are read. */
final class GeneratedRows {

    private static final int FACTORS = 2;
    private static final double NOISE = 0.3;
    private static final int LONGEST_NUMBER = 12;

    private final int columns;
    private final SplittableRandom random;
    private final double[][] mixing;

    GeneratedRows(int columns, long seed) {
        this.columns = columns;
        random = new SplittableRandom(seed);
        mixing = new double[columns][FACTORS];
        for (double[] ofColumn : mixing) {
            for (int factor = 0; factor < FACTORS; factor++) {
                ofColumn[factor] = 3 * random.nextGaussian();
            }
        }
    }

    /** Writes a header and rows. */
    void write(long rows, OutputStream out) throws IOException {
        StringBuilder header = new StringBuilder();
        for (int column = 0; column < columns; column++) {
            header.append(column == 0 ? "n" : ",n").append(column);
        }
        out.write(header.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        byte[] line = new byte[columns * (LONGEST_NUMBER + 1)];
        for (long row = 0; row < rows; row++) {
            double first = random.nextGaussian();
            double second = random.nextGaussian();
            int end = 0;
            for (double[] ofColumn : mixing) {
                double value = ofColumn[0] * first + ofColumn[1] * second + NOISE * random.nextGaussian();
                end = append(Math.round(1_000 * value), line, end);
                line[end++] = ',';
            }
            line[end - 1] = '\n';
            out.write(line, 0, end);
        }
    }

    /** Appends a number of thousandths; returns where it ends. */
    private static int append(long thousandths, byte[] line, int from) {
        int at = from;
        if (thousandths < 0) {
            line[at++] = '-';
        }
        long rest = Math.abs(thousandths);
        int digits = 4;
        for (long more = rest / 10_000; more > 0; more /= 10) {
            digits++;
        }
        int end = at + digits + 1;
        for (int position = end - 1; position >= at; position--) {
            if (position == end - 4) {
                line[position] = '.';
            } else {
                line[position] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
        }
        return end;
    }
}

package dev.surprisal.bench.quality;

import dev.surprisal.schemas.SurprisalException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * The rows of a CSV file whose last column, {@code label}, holds the truth: 0 = normal, anything else = anomaly. One row a line, no quotes.
 *
 * @param columns the header without the label
 * @param rows the lines without the label, in file order
 * @param anomalous the truth about each
 */
public record LabelledTable(String columns, List<String> rows, boolean[] anomalous) {

    static final String LABEL = "label";

    public LabelledTable {
        rows = List.copyOf(rows);
    }

    public static LabelledTable read(Path path) throws IOException {
        List<String> rows = new ArrayList<>();
        boolean[] anomalous = new boolean[1 << 10];
        try (InputStream file = Files.newInputStream(path);
                BufferedReader lines = new BufferedReader(new InputStreamReader(
                        path.toString().endsWith(".gz") ? new GZIPInputStream(file, 1 << 16) : file,
                        StandardCharsets.UTF_8))) {
            String header = lines.readLine();
            if (header == null || !header.endsWith("," + LABEL)) {
                throw new SurprisalException(path + ": the last column of the header must be '" + LABEL + "'");
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int cut = line.lastIndexOf(',');
                if (cut < 0) {
                    throw new SurprisalException(path + " line " + (rows.size() + 2) + ": there is no label");
                }
                if (rows.size() == anomalous.length) {
                    anomalous = Arrays.copyOf(anomalous, 2 * anomalous.length);
                }
                anomalous[rows.size()] = Double.parseDouble(line.substring(cut + 1)) != 0;
                rows.add(line.substring(0, cut));
            }
            return new LabelledTable(
                    header.substring(0, header.length() - LABEL.length() - 1),
                    rows,
                    Arrays.copyOf(anomalous, rows.size()));
        } catch (NumberFormatException e) {
            throw new SurprisalException(path + " line " + (rows.size() + 2) + ": the label is no number", e);
        }
    }

    public int size() {
        return rows.size();
    }

    long anomalies() {
        long count = 0;
        for (boolean anomaly : anomalous) {
            count += anomaly ? 1 : 0;
        }
        return count;
    }

    /** The rows at the given indices, in their order. */
    public LabelledTable select(int[] indices) {
        List<String> some = new ArrayList<>(indices.length);
        boolean[] truth = new boolean[indices.length];
        for (int i = 0; i < indices.length; i++) {
            some.add(rows.get(indices[i]));
            truth[i] = anomalous[indices[i]];
        }
        return new LabelledTable(columns, some, truth);
    }

    /** These rows, and those of a table with the same columns. */
    LabelledTable and(LabelledTable more) {
        List<String> all = new ArrayList<>(rows);
        all.addAll(more.rows);
        boolean[] truth = Arrays.copyOf(anomalous, all.size());
        System.arraycopy(more.anomalous, 0, truth, rows.size(), more.size());
        return new LabelledTable(columns, all, truth);
    }

    /** Writes the rows as CSV, without the labels. */
    public void write(Path path) throws IOException {
        List<String> lines = new ArrayList<>(List.of(columns));
        lines.addAll(rows);
        Files.write(path, lines);
    }

    /** Writes the rows as CSV with their labels, 0 or 1. */
    void writeLabelled(Path path) throws IOException {
        List<String> lines = new ArrayList<>(List.of(columns + "," + LABEL));
        for (int i = 0; i < rows.size(); i++) {
            lines.add(rows.get(i) + (anomalous[i] ? ",1" : ",0"));
        }
        Files.write(path, lines);
    }

    /** [N][D] the rows as numbers. */
    double[][] toNumbers() {
        return rows.stream()
                .map(row -> Arrays.stream(row.split(",", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }
}

package dev.surprisal.bench.quality;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Figures that others have published of the same tables: a CSV file with a column {@code dataset} and pairs of columns {@code METHOD AUROC} and {@code METHOD AP}, in percent.
 *
 * @param methods their names, in the file's order
 * @param figures of a table: AUROC and AP of each method, in percent; NaN where there is none
 */
record Published(List<String> methods, Map<String, double[][]> figures) {

    static final String FILE = "published.csv";

    static final Published NONE = new Published(List.of(), Map.of());

    /** Reads the file, or returns {@link #NONE} where there is none. */
    static Published read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return NONE;
        }
        List<String> lines = Files.readAllLines(file);
        List<String> header = Arrays.asList(lines.get(0).split(",", -1));
        int name = header.indexOf("dataset");
        if (name < 0) {
            throw new SurprisalException(file + ": there is no column 'dataset'");
        }
        List<String> methods = header.stream()
                .filter(column -> column.endsWith(" AUROC"))
                .map(column -> column.substring(0, column.length() - " AUROC".length()))
                .filter(method -> header.contains(method + " AP"))
                .toList();
        Map<String, double[][]> figures = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split(",", -1);
            List<double[]> ofTable = new ArrayList<>();
            for (String method : methods) {
                ofTable.add(new double[] {
                    number(columns, header.indexOf(method + " AUROC")), number(columns, header.indexOf(method + " AP"))
                });
            }
            figures.put(columns[name], ofTable.toArray(double[][]::new));
        }
        return new Published(methods, figures);
    }

    private static double number(String[] columns, int column) {
        return column >= columns.length || columns[column].isBlank() ? Double.NaN : Double.parseDouble(columns[column]);
    }
}

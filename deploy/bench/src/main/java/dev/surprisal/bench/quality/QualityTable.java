package dev.surprisal.bench.quality;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The results of all tables as Markdown: mean AUROC and average precision over the seeds, in percent, and their means over the tables. */
final class QualityTable {

    private final List<Detector> detectors;
    private final Published published;
    private final List<Row> rows = new ArrayList<>();

    /** AUROC and AP of each method, the detectors first; and the seconds that the first one took. */
    private record Row(String name, double[][] figures, double spread, double seconds) {}

    QualityTable(List<Detector> detectors, Published published) {
        this.detectors = List.copyOf(detectors);
        this.published = published;
    }

    void add(String name, Map<Detector, List<Result>> results) {
        List<double[]> figures = new ArrayList<>();
        for (Detector detector : detectors) {
            List<Result> runs = results.get(detector);
            figures.add(new double[] {
                100 * mean(runs.stream().mapToDouble(Result::auroc)),
                100 * mean(runs.stream().mapToDouble(Result::averagePrecision))
            });
        }
        double[][] others = published.figures().get(name);
        for (int method = 0; method < published.methods().size(); method++) {
            figures.add(others == null ? new double[] {Double.NaN, Double.NaN} : others[method]);
        }
        List<Result> first = results.get(detectors.get(0));
        double[] aurocs = first.stream().mapToDouble(Result::auroc).toArray();
        rows.add(new Row(
                name,
                figures.toArray(double[][]::new),
                100
                        * (Arrays.stream(aurocs).max().orElseThrow()
                                - Arrays.stream(aurocs).min().orElseThrow()),
                mean(first.stream().mapToDouble(Result::fitSeconds))));
    }

    String toMarkdown() {
        StringBuilder table = new StringBuilder("| table |");
        for (Detector detector : detectors) {
            table.append(' ').append(detector.name()).append(" |");
        }
        published.methods().forEach(method -> table.append(' ').append(method).append(", published |"));
        table.append(" spread of AUROC | fit, s |\n| --- |");
        table.append(" ---: |".repeat(methods() + 2)).append('\n');
        rows.forEach(row -> append(table, row, ""));
        append(table, means(), "**");
        return table.toString();
    }

    private int methods() {
        return detectors.size() + published.methods().size();
    }

    private Row means() {
        double[][] figures = IntStream.range(0, methods())
                .mapToObj(method -> new double[] {
                    mean(rows.stream().mapToDouble(row -> row.figures[method][0])),
                    mean(rows.stream().mapToDouble(row -> row.figures[method][1]))
                })
                .toArray(double[][]::new);
        return new Row(
                "mean",
                figures,
                mean(rows.stream().mapToDouble(Row::spread)),
                mean(rows.stream().mapToDouble(Row::seconds)));
    }

    private static void append(StringBuilder table, Row row, String emphasis) {
        List<String> cells = new ArrayList<>(Collections.singletonList(row.name));
        for (double[] figure : row.figures) {
            cells.add(Double.isNaN(figure[0]) ? "-" : String.format(Locale.ROOT, "%.1f / %.1f", figure[0], figure[1]));
        }
        cells.add(String.format(Locale.ROOT, "%.1f", row.spread));
        cells.add(String.format(Locale.ROOT, "%.1f", row.seconds));
        table.append('|');
        cells.forEach(cell ->
                table.append(' ').append(emphasis).append(cell).append(emphasis).append(" |"));
        table.append('\n');
    }

    private static double mean(DoubleStream values) {
        return values.average().orElse(Double.NaN);
    }
}

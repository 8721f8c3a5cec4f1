package dev.surprisal.trainer.evaluation;

import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.trainer.evaluation.Evaluation.LabelFigures;
import java.util.List;
import java.util.Locale;

/** The figures of an evaluation as a table of plain text. */
public final class EvaluationTable {

    private EvaluationTable() {}

    public static String of(Evaluation evaluation, AlarmRule alarmRate) {
        Ranking ranking = evaluation.ranking();
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%,d records, %,d anomalies among them, %,d could not be scored%n",
                evaluation.records() + evaluation.unscored(),
                ranking.anomalies(),
                evaluation.unscored()));
        table.append(String.format(
                Locale.ROOT,
                "AUROC %s   average precision %s%n",
                percent(ranking.auroc()),
                percent(ranking.averagePrecision())));
        table.append(String.format(
                Locale.ROOT,
                "At an alarm rate of %s: %,d flags, precision %s, recall %s, false alarms %s of normal records%n%n",
                alarmRate,
                evaluation.flags(),
                percent(evaluation.precision()),
                percent(evaluation.recall()),
                percent(evaluation.falseAlarmRate())));
        List<LabelFigures> byLabel = evaluation.byLabel();
        int width = Math.max(
                "label".length(),
                byLabel.stream()
                        .mapToInt(figures -> figures.label().length())
                        .max()
                        .orElse(0));
        String row = "%-" + width + "s  %10s  %10s  %8s  %8s%n";
        table.append(String.format(Locale.ROOT, row, "label", "records", "flagged", "share", "AUROC"));
        for (LabelFigures figures : byLabel) {
            table.append(String.format(
                    Locale.ROOT,
                    row,
                    figures.label(),
                    String.format(Locale.ROOT, "%,d", figures.records()),
                    String.format(Locale.ROOT, "%,d", figures.flagged()),
                    percent((double) figures.flagged() / figures.records()),
                    percent(figures.auroc())));
        }
        int more = evaluation.labels().size() - byLabel.size();
        if (more > 0) {
            table.append(String.format(Locale.ROOT, "... and %,d rarer labels%n", more));
        }
        return table.toString();
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}

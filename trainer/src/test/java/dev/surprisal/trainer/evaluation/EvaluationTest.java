package dev.surprisal.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.trainer.evaluation.Evaluation.LabelFigures;
import org.junit.jupiter.api.Test;

/** Flags and scores against the truth, overall and per label. */
class EvaluationTest {

    @Test
    void tellsTheFiguresOverallAndPerLabel() {
        Evaluation evaluation = new Evaluation("normal");
        evaluation.add(1, false, "normal");
        evaluation.add(5, true, "normal");
        evaluation.add(2, false, "normal");
        evaluation.add(0, false, "normal");
        evaluation.add(6, true, "theft");
        evaluation.add(4, true, "theft");
        evaluation.add(0.5, false, "abuse");
        evaluation.addUnscored();

        assertThat(evaluation.records()).isEqualTo(7);
        assertThat(evaluation.unscored()).isEqualTo(1);
        assertThat(evaluation.flags()).isEqualTo(3);
        assertThat(evaluation.precision()).isEqualTo(2.0 / 3);
        assertThat(evaluation.recall()).isEqualTo(2.0 / 3);
        assertThat(evaluation.falseAlarmRate()).isEqualTo(1.0 / 4);
        assertThat(evaluation.ranking())
                .isEqualTo(new Ranking(3, 4, 8.0 / 12, evaluation.ranking().averagePrecision()));
        assertThat(evaluation.byLabel())
                .containsExactly(
                        new LabelFigures("normal", 4, 1, Double.NaN),
                        new LabelFigures("abuse", 1, 0, 1.0 / 4),
                        new LabelFigures("theft", 2, 2, 7.0 / 8));
        assertThat(EvaluationTable.of(evaluation, AlarmRate.parse("1/10"))).isEqualToNormalizingNewlines("""
                8 records, 3 anomalies among them, 1 could not be scored
                AUROC 66.67 %   average precision 72.22 %
                At an alarm rate of 1/10: 3 flags, precision 66.67 %, recall 66.67 %, false alarms 25.00 % of normal records

                label      records     flagged     share     AUROC
                normal           4           1   25.00 %         -
                abuse            1           0    0.00 %   25.00 %
                theft            2           2  100.00 %   87.50 %
                """);
    }

    @Test
    void keepsMoreThanAThousandRecords() {
        Evaluation evaluation = new Evaluation("0");
        for (int i = 0; i < 5_000; i++) {
            evaluation.add(i, i >= 4_900, i >= 4_900 ? "1" : "0");
        }

        assertThat(evaluation.records()).isEqualTo(5_000);
        assertThat(evaluation.ranking().auroc()).isEqualTo(1);
        assertThat(evaluation.recall()).isEqualTo(1);
    }

    @Test
    void listsTheMostFrequentLabelsAlone() {
        Evaluation evaluation = new Evaluation("normal");
        evaluation.add(0, false, "normal");
        for (int label = 0; label < 150; label++) {
            for (int i = 0; i < (label < 100 ? 2 : 1); i++) {
                evaluation.add(1, false, "label" + label);
            }
        }

        assertThat(evaluation.byLabel())
                .hasSize(101)
                .allMatch(figures -> figures.label().equals("normal") || figures.records() == 2);
        assertThat(EvaluationTable.of(evaluation, AlarmRate.parse("1/10"))).endsWith("... and 50 rarer labels\n");
    }
}

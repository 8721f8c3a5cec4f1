package dev.surprisal.trainer.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.data.EncodedRows;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingReferenceTest {

    private static final RecordSpec SPEC = SpecFile.parse("""
            format: 1
            name: things
            fields:
              - {name: time, type: timestamp}
              - {name: amount, type: number, optional: true}
              - {name: kind, type: category, optional: true}
            """, "things.yaml");

    @Test
    void dividesNumbersIntoEquallyFullCellsWithNothingOutside() {
        // Given 1,000 numbers from 0 to 999, and 100 that are missing
        float[] amounts = new float[1_100];
        Arrays.fill(amounts, Float.NaN);
        for (int i = 0; i < 1_000; i++) {
            amounts[i * 7 % 1_000] = i;
        }

        // When
        ColumnReference amount = amount(amounts);

        // Then
        assertThat(amount.edges())
                .hasSize(21)
                .startsWith(Math.nextDown(0f), 49, 99)
                .endsWith(999);
        assertThat(amount.counts()).hasSize(23).startsWith(100, 0, 50, 50).endsWith(50, 0);
        assertThat(amount.cell(-1)).isOne();
        assertThat(amount.cell(0)).isEqualTo(2);
        assertThat(amount.cell(999)).isEqualTo(21);
        assertThat(amount.cell(999.5f)).isEqualTo(22);
        assertThat(amount.cell(Float.NaN)).isEqualTo(ColumnReference.MISSING);
        assertThat(amount.records()).isEqualTo(1_100);
    }

    @Test
    void aConstantHasACellOfItsOwn() {
        float[] amounts = new float[200];
        Arrays.fill(amounts, 5);
        ColumnReference amount = amount(amounts);
        assertThat(amount.edges()).containsExactly(Math.nextDown(5f), 5);
        assertThat(amount.counts()).containsExactly(0, 0, 200, 0);
    }

    @Test
    void fewAndExtremeNumbersAndNoneAtAllHaveCells() {
        assertThat(amount(new float[] {-Float.MAX_VALUE, 3, Float.MAX_VALUE}).records())
                .isEqualTo(3);
        ColumnReference nothing = amount(new float[] {Float.NaN, Float.NaN});
        assertThat(nothing.edges()).isEmpty();
        assertThat(nothing.counts()).containsExactly(2, 0);
        assertThat(nothing.cell(1)).isOne();
    }

    @Test
    void countsTheMostFrequentCategoriesAndLeavesOutTheHours() {
        // Given 40 values, of which the one with code 40 is the most frequent, some missing and some not known
        int size = 1_000;
        int[] categories = new int[3 * size];
        int kind = SPEC.categoryColumns().stream()
                .map(column -> column.name())
                .toList()
                .indexOf("kind");
        for (int row = 0; row < size; row++) {
            categories[3 * row + kind] = row < 100 ? -1 : row < 150 ? 0 : row < 350 ? 40 : 1 + row % 39;
        }

        // When
        List<ColumnReference> columns = TrainingReference.of(
                        new EncodedRows(size, 1, 3, new float[size], categories), SPEC)
                .columns();

        // Then
        assertThat(columns).extracting(ColumnReference::column).containsExactly("amount", "kind");
        ColumnReference reference = columns.get(1);
        assertThat(reference.codes()).hasSize(30).startsWith(40);
        assertThat(reference.counts()).hasSize(33).startsWith(100, 50, 200);
        assertThat(reference.records()).isEqualTo(size);
    }

    private static ColumnReference amount(float[] values) {
        return TrainingReference.of(new EncodedRows(values.length, 1, 3, values, new int[3 * values.length]), SPEC)
                .columns()
                .get(0);
    }
}

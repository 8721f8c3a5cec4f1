package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.model.ModelPlots;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.EncodedRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringModelTest {

    /** Kept from the first version of the format: it must stay readable. */
    private static final Path MODEL = Path.of("src/test/resources/models/tiny-1.0.onnx");

    private static final EncodedRow USUAL = new EncodedRow(new float[] {60, 5, 0}, new int[] {1});
    private static final EncodedRow DEAR = new EncodedRow(new float[] {200, 5, 0}, new int[] {1});

    @TempDir
    private Path folder;

    @Test
    void aModelOfFormatOneIsRead() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            assertThat(model.card().format()).isEqualTo("1.0");
            assertThat(model.card().name()).isEqualTo("tiny");
            assertThat(model.card().alarmRate()).hasToString("1/100");
            assertThat(model.plots()).isEqualTo(ModelPlots.NONE);
            assertThat(model.card().vocabularies().get(0).values()).containsExactlyInAnyOrder("DE", "FR", "NL");
        }
    }

    @Test
    void verdictsTellTheUsualFromTheImprobable() {
        try (ScoringModel model = ScoringModel.open(MODEL);
                RowBatch batch = model.newBatch();
                BatchJudge judge = model.newJudge(new Judge(model.card(), AlarmRate.parse("1/100")))) {
            batch.add(USUAL);
            batch.add(DEAR);
            batch.score();
            judge.judge(batch);

            Verdict usual = judge.verdict(0);
            Verdict dear = judge.verdict(1);

            assertThat(usual.anomaly()).isFalse();
            assertThat(usual.reasons()).isEmpty();
            assertThat(dear.anomaly()).isTrue();
            assertThat(dear.score()).isGreaterThan(usual.score());
            assertThat(dear.pValue()).isLessThanOrEqualTo(0.01);
            assertThat(dear.surprise()).isCloseTo(-Math.log(dear.pValue()) / Math.log(2), within(1e-12));
            FieldReason reason = dear.reasons().get(0);
            assertThat(reason.field()).isEqualTo("amount");
            assertThat((double) reason.seen()).isEqualTo(200);
            assertThat(reason.high()).isLessThan(200);
        }
    }

    @Test
    void noBatchChangesABitOfAScore() {
        Random random = new Random(4);
        EncodedRow[] rows = new EncodedRow[400];
        Arrays.setAll(
                rows,
                i -> new EncodedRow(
                        new float[] {
                            100 * random.nextFloat(),
                            random.nextInt(9) == 0 ? Float.NaN : 10 * random.nextFloat(),
                            random.nextInt(2)
                        },
                        new int[] {random.nextInt(5) - 1}));
        try (ScoringModel model = ScoringModel.open(MODEL);
                RowBatch batch = model.newBatch()) {
            int[] alone = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                batch.clear();
                batch.add(rows[i]);
                batch.score();
                alone[i] = bits(batch, 0);
            }
            for (int size : new int[] {2, 3, 15, 16, 17, 64, 255, 256}) {
                for (int from = 0; from + size <= rows.length; from += size) {
                    batch.clear();
                    for (int i = 0; i < size; i++) {
                        batch.add(rows[from + i]);
                    }
                    batch.score();
                    for (int i = 0; i < size; i++) {
                        assertThat(bits(batch, i))
                                .as("row %d in a batch of %d", from + i, size)
                                .isEqualTo(alone[from + i]);
                    }
                }
            }
        }
    }

    private static int bits(RowBatch batch, int row) {
        return Arrays.hashCode(new int[] {
            Float.floatToIntBits(batch.output(ScoreOutput.ELBO, row)),
            Float.floatToIntBits(batch.output(ScoreOutput.LOG_LIKELIHOOD, row)),
            Float.floatToIntBits(batch.output(ScoreOutput.RECONSTRUCTION_LOG_PROBABILITY, row)),
            Float.floatToIntBits(batch.fieldLogProbability(row, 3)),
            Float.floatToIntBits(batch.expectedNumber(row, 0))
        });
    }

    @Test
    void aRateFinerThanTheCalibrationNeverFlagsAndSaysSo() {
        try (ScoringModel model = ScoringModel.open(MODEL)) {
            assertThat(new Judge(model.card(), AlarmRate.parse("1/2001")).canFlag())
                    .isTrue();
            assertThat(new Judge(model.card(), AlarmRate.parse("1/2002")).canFlag())
                    .isFalse();
        }
    }

    @Test
    void whatIsNoModelOfOursIsRefusedByName() throws IOException {
        byte[] bytes = Files.readAllBytes(MODEL);
        Path absent = folder.resolve("absent.onnx");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        Path truncated = Files.write(folder.resolve("truncated.onnx"), Arrays.copyOf(bytes, bytes.length / 2));
        Path cardless = replaced("cardless.onnx", "surprisal.card", "something.card");
        Path newer = replaced("newer.onnx", "\"format\":\"1.0\"", "\"format\":\"2.0\"");
        Path later = replaced("later.onnx", "\"format\":\"1.0\"", "\"format\":\"1.9\"");
        Path other = replaced("other.onnx", "\"type\":\"boolean\"", "\"type\":\"ignored\"");

        assertRefused(absent, "there is no such model file");
        assertRefused(text, "not an ONNX model");
        assertRefused(truncated, "not an ONNX model");
        assertRefused(cardless, "it has no model card");
        assertRefused(newer, "format '2.0'; this version reads 1.x");
        assertRefused(other, "knows 4 columns, its spec 3");
        ScoringModel.open(later).close();
    }

    private Path replaced(String name, String what, String by) throws IOException {
        String text = new String(Files.readAllBytes(MODEL), StandardCharsets.ISO_8859_1);
        assertThat(text).contains(what);
        return Files.write(folder.resolve(name), text.replace(what, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void assertRefused(Path model, String message) {
        assertThatThrownBy(() -> ScoringModel.open(model))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(model.toString())
                .hasMessageContaining(message);
    }
}

package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.model.ServedModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordScorerTest {

    private static final byte[] USUAL = "{\"amount\": 50, \"country\": \"DE\"}".getBytes(UTF_8);
    private static final byte[] BAD = "x".getBytes(UTF_8);

    @TempDir
    private Path folder;

    @Test
    void modelThatFailsOnABatchBlamesNoRecordUntilEachIsAlone() {
        // Given
        ScoringModel model = ScoringModel.open(TinyModel.write(folder.resolve("tiny.onnx")));
        ServedModel served = new ServedModel(model, null);
        assertThat(served.retain()).isTrue();
        try (RecordScorer scorer = new RecordScorer(served, 1_000, false)) {
            // When
            model.close();
            List<Outcome> together = scorer.score(List.of(USUAL, BAD, USUAL));
            Outcome alone = scorer.score(USUAL);

            // Then
            assertThat(together.get(0)).isNull();
            assertThat(((Outcome.Refused) together.get(1)).step()).isEqualTo(Step.PARSE);
            assertThat(together.get(2)).isNull();
            Outcome.Refused refused = (Outcome.Refused) alone;
            assertThat(refused.step()).isEqualTo(Step.SCORE);
            assertThat(refused.exception()).isEqualTo(IllegalStateException.class.getName());
        }
    }
}

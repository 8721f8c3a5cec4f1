package dev.surprisal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PrunedModelTest {

    private static final Path MODEL = Path.of("src/test/resources/models/tiny-1.3.onnx");

    private static byte[] firstLook() throws IOException, OrtException {
        OrtEnvironment environment = ScoringModel.environment();
        try (OrtSession session = environment.createSession(Files.readAllBytes(MODEL))) {
            return Base64.getDecoder()
                    .decode(session.getMetadata().getCustomMetadata().get(ModelCard.FIRST_LOOK_KEY));
        }
    }

    @Test
    void oneOutputAndWhatItNeedsAreLeft() throws IOException, OrtException {
        byte[] whole = firstLook();

        byte[] pruned = PrunedModel.of(whole, Signature.FIRST_LOOK);

        assertThat(pruned.length).isLessThan(whole.length);
        try (OrtSession session = ScoringModel.environment().createSession(pruned)) {
            assertThat(session.getInputNames()).containsExactlyInAnyOrder(Signature.NUMBERS, Signature.CATEGORIES);
            assertThat(session.getOutputNames()).containsExactly(Signature.FIRST_LOOK);
        }
        assertThat(PrunedModel.of(pruned, Signature.FIRST_LOOK)).isEqualTo(pruned);
    }

    @Test
    void theOutputIsAsTheWholeModelHasIt() {
        try (ScoringModel model = ScoringModel.open(MODEL);
                RowBatch batch = model.newBatch()) {
            batch.add(new EncodedRow(new float[] {900, 5, 0}, new int[] {1}));

            batch.look();
            float looked = batch.firstLook(0);
            batch.explain();

            assertThat(looked).isCloseTo(batch.firstLook(0), org.assertj.core.data.Offset.offset(1e-3f));
        }
    }
}

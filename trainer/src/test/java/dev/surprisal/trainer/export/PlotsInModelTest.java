package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.FitCourse;
import dev.surprisal.schemas.model.LatentProjection;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.model.ModelPlots;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.schemas.record.EncodedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plots in a model of a format that had none yet. */
class PlotsInModelTest {

    private static final Path OLD =
            Path.of("..", "scorer", "engine", "src", "test", "resources", "models", "tiny-1.1.onnx");
    private static final EncodedRow USUAL = new EncodedRow(new float[] {60, 5, 0}, new int[] {1});
    private static final EncodedRow DEAR = new EncodedRow(new float[] {200, 5, 0}, new int[] {1});

    @Test
    void comeBackAsTheyWereAndChangeNoScore() throws IOException {
        ModelPlots plots =
                new ModelPlots(List.of(new FitCourse(new double[][] {{1, -5}, {2, -4.5}}, new double[0][])), map(2));

        try (ScoringModel old = ScoringModel.open(OLD);
                ScoringModel model = ScoringModel.open(with(plots.toJson()), "with plots");
                RowBatch before = old.newBatch();
                RowBatch after = model.newBatch()) {
            assertThat(old.plots()).isEqualTo(ModelPlots.NONE);
            assertThat(model.plots()).usingRecursiveComparison().isEqualTo(plots);
            assertThat(model.card().version()).isEqualTo(old.card().version());
            for (RowBatch batch : List.of(before, after)) {
                batch.add(USUAL);
                batch.add(DEAR);
                batch.score();
            }
            for (int row = 0; row < 2; row++) {
                assertThat(after.output(ScoreOutput.ELBO, row)).isEqualTo(before.output(ScoreOutput.ELBO, row));
            }
            float[][] means = after.latentMeans();
            assertThat(means.length).isEqualTo(2);
            assertThat(means[0]).hasSize(2).isNotEqualTo(means[1]);
            assertThat(model.plots().latent().at(means[1])).containsExactly(means[1][0] - 1.0, means[1][1] - 2.0);
            // Asking for them leaves the scores in place.
            assertThat(after.output(ScoreOutput.ELBO, 1)).isEqualTo(before.output(ScoreOutput.ELBO, 1));
        }
    }

    @Test
    void thatCannotBeUsedAreRefusedInASentence() throws IOException {
        refuses(new ModelPlots(List.of(), map(3)).toJson(), "its latent map has 3 dimensions");
        refuses("{", "its plots cannot be read");
        refuses("{\"latent\": {\"centre\": [1], \"axes\": [[1]], \"normal\": []}}", "two axes of 1 dimensions");
        refuses("{\"fits\": [{\"fitted\": [[1]], \"held_out\": []}]}", "a point of 1 coordinates");
        double[][] many = new double[LatentProjection.MOST + 1][2];
        assertThatThrownBy(() -> new LatentProjection(new double[1], new double[2][1], 1, many))
                .hasMessageContaining("at most 400");
    }

    private static LatentProjection map(int latent) {
        double[][] axes = new double[2][latent];
        axes[0][0] = 1;
        axes[1][1] = 1;
        double[] centre = new double[latent];
        centre[0] = 1;
        centre[1] = 2;
        return new LatentProjection(centre, axes, 0.5, new double[][] {{0, 0}});
    }

    private static void refuses(String json, String why) throws IOException {
        byte[] model = with(json);
        assertThatThrownBy(() -> ScoringModel.open(model, "bad.onnx").close())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("bad.onnx")
                .hasMessageContaining(why);
    }

    private static byte[] with(String json) throws IOException {
        return OnnxExporter.withEntry(Files.readAllBytes(OLD), ModelPlots.METADATA_KEY, json);
    }
}

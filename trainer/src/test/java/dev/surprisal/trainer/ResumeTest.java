package dev.surprisal.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.launcher.Interruption;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.data.TrainingData.Selection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training runs that are interrupted in the midst of the fit, and go on. */
class ResumeTest {

    private static final RecordSpec SPEC = spec("x");

    @TempDir
    private Path folder;

    private Path data;
    private Path out;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void writeRecords() throws IOException {
        data = records("records.csv", 1);
        out = folder.resolve("model.onnx");
    }

    @Test
    void theModelIsTheSameAfterInterruptionsAndTheCheckpointGone() throws IOException {
        ModelCard undisturbed = train(folder.resolve("undisturbed.onnx"), Training.Options.NONE, 0);

        interruptAt(20, false);
        interruptAt(333, true);
        ModelCard resumed = train(out, options(true), 0);

        assertThat(resumed.version()).isEqualTo(undisturbed.version());
        assertThat(Files.readAllBytes(out)).isEqualTo(Files.readAllBytes(folder.resolve("undisturbed.onnx")));
        assertThat(checkpoint()).doesNotExist();
        assertThat(said).containsExactly("going on after 20 of 600 steps", "going on after 333 of 600 steps");
    }

    @Test
    void anEnsembleGoesOnWithItsSecondMember() throws IOException {
        Training.Request pair = new Training.Request(SPEC, data, Selection.ALL, out, 1, null, 2, 1);
        ModelCard undisturbed = run(pair, Training.Options.NONE, 0);
        Files.delete(out);

        assertThatThrownBy(() -> run(pair, options(false), 700)).isInstanceOf(Interruption.class);
        assertThat(Thread.interrupted()).isTrue();
        ModelCard resumed = run(pair, options(true), 0);

        assertThat(said).containsExactly("going on after 100 of 600 steps of network 2 of 2");
        assertThat(resumed.version()).isEqualTo(undisturbed.version());
    }

    @Test
    void withoutACheckpointItSaysSoAndStartsAnew() {
        ModelCard undisturbed = train(folder.resolve("undisturbed.onnx"), Training.Options.NONE, 0);

        ModelCard resumed = train(out, options(true), 0);

        assertThat(resumed.version()).isEqualTo(undisturbed.version());
        assertThat(said).containsExactly("there is no " + checkpoint() + " to go on from; starting anew");
    }

    @Test
    void whatBelongsToAnotherRunIsRefusedInASentence() throws IOException {
        interruptAt(20, false);

        refuses(request(records("other.csv", 2), SPEC, 1), " belongs to other data than ");
        refuses(request(data, spec("renamed"), 1), " belongs to another spec");
        refuses(request(data, SPEC, 7), " belongs to a run with another seed: 1, not 7");
        assertThatThrownBy(() -> run(
                        request(data, SPEC, 1),
                        new Training.Options(null, Duration.ofDays(1), true, false, Duration.ofHours(1)),
                        0))
                .hasMessageContaining(" belongs to a run with another time budget: null, not PT1H");
    }

    @Test
    void whatIsDamagedIsRefusedInASentenceBeforeTheDataAreRead() throws IOException {
        interruptAt(20, false);
        byte[] good = Files.readAllBytes(checkpoint());
        Training.Request unread = request(folder.resolve("nowhere.csv"), SPEC, 1);
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 4;
        Files.write(checkpoint(), flipped);
        refuses(unread, " is damaged");
        byte[] cut = new byte[good.length - 100];
        System.arraycopy(good, 0, cut, 0, cut.length);
        Files.write(checkpoint(), cut);
        refuses(unread, " is damaged");
        byte[] newer = good.clone();
        newer[11] = 3;
        Files.write(checkpoint(), newer);
        refuses(unread, " has format 3, and this version reads format 2");
        Files.writeString(checkpoint(), "not at all");
        refuses(unread, " is no checkpoint");
    }

    @Test
    void anInterruptMayAskForTheModelAsItIs() {
        ModelCard card = train(out, new Training.Options(null, Duration.ofDays(1), false, true, null), 300);

        assertThat(card.provenance().configuration()).containsEntry("steps", "300");
        assertThat(out).exists();
        assertThat(checkpoint()).doesNotExist();
        assertThat(said).containsExactly("interrupted after 300 steps; writing the model as it is");
        assertThat(Thread.interrupted()).isFalse();
    }

    private void interruptAt(int step, boolean resume) {
        assertThatThrownBy(() -> train(out, options(resume), step))
                .isInstanceOf(Interruption.class)
                .hasMessage(checkpoint() + " holds what was fitted; --resume goes on from it");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(checkpoint()).exists();
        assertThat(out).doesNotExist();
    }

    private void refuses(Training.Request request, String reason) {
        assertThatThrownBy(() -> run(request, options(true), 0))
                .isInstanceOf(SurprisalException.class)
                .hasMessageStartingWith(checkpoint() + reason)
                .hasMessageEndingWith("; train without --resume to start anew");
        assertThat(checkpoint()).exists();
    }

    private Path checkpoint() {
        return folder.resolve("model.onnx.checkpoint");
    }

    private static Training.Options options(boolean resume) {
        return new Training.Options(null, Duration.ofDays(1), resume, false, null);
    }

    private ModelCard train(Path model, Training.Options options, int interruptedAt) {
        return run(new Training.Request(SPEC, data, Selection.ALL, model, 1, null), options, interruptedAt);
    }

    private Training.Request request(Path records, RecordSpec spec, long seed) {
        return new Training.Request(spec, records, Selection.ALL, out, seed, null);
    }

    private ModelCard run(Training.Request request, Training.Options options, int interruptedAt) {
        Training.Listener listener = new Training.Listener() {
            private boolean fitting;

            @Override
            public void begins(String phase, long steps, String unit) {
                fitting = phase.equals("fitting");
            }

            @Override
            public void at(long step, String figure) {
                if (fitting && step == interruptedAt) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void says(String sentence) {
                // What few records cannot calibrate is not the fit's business.
                if (!sentence.startsWith("p-values end")) {
                    said.add(sentence);
                }
            }
        };
        Clock clock = Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);
        return new Training(clock).run(request, options, listener);
    }

    private static RecordSpec spec(String first) {
        return SpecFile.parse(
                "format: 1\nname: points\nfields:\n  - {name: " + first
                        + ", type: number, optional: true}\n  - {name: y, type: number}\ncsv: {header: false}\n",
                "points.yaml");
    }

    private Path records(String name, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            double x = random.nextGaussian();
            lines.add(x + "," + (2 * x + 0.1 * random.nextGaussian()));
        }
        return Files.write(folder.resolve(name), lines);
    }
}

package dev.surprisal.trainer;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelPlots;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.report.FieldFit;
import dev.surprisal.trainer.report.FitCurve;
import dev.surprisal.trainer.report.LatentMap;
import dev.surprisal.trainer.report.TrainingReport;
import dev.surprisal.trainer.vae.LatentUnits;
import dev.surprisal.trainer.vae.TrainedVae;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is noted during a run for the page about it. */
final class RunReport {

    private static final int MOST_MAPPED = 2_000;

    private final Path out;
    private final Clock clock;
    private final Training.Listener listener;
    private final FitCurve curve = new FitCurve();
    private final Map<String, Double> phases = new LinkedHashMap<>();
    private List<FieldFit> fields = List.of();
    private LatentMap latent;
    private String phase;
    private Instant since;

    /** @param out null = no page is written, and nothing is computed that only a page shows */
    RunReport(Path out, Clock clock, Training.Listener listener) {
        this.out = out;
        this.clock = clock;
        this.listener = new Training.Listener() {
            @Override
            public void begins(String next, long steps, String unit) {
                begin(next);
                listener.begins(next, steps, unit);
            }

            @Override
            public void at(long step, String figure) {
                listener.at(step, figure);
            }

            @Override
            public void says(String sentence) {
                listener.says(sentence);
            }
        };
    }

    /** Passes on what it hears. */
    Training.Listener listener() {
        return listener;
    }

    FitCurve curve() {
        return curve;
    }

    private void begin(String next) {
        Instant now = clock.instant();
        if (phase != null) {
            phases.merge(phase, Duration.between(since, now).toMillis() / 1e3, Double::sum);
        }
        phase = next;
        since = now;
    }

    /** Looks at what the graph tells of held-out records, and where they lie in the first network. */
    void look(ScoringModel model, TrainedVae vae, EncodedRows heldOut) {
        listener.begins("drawing", 1, "page");
        latent = LatentMap.of(LatentUnits.means(vae, heldOut, MOST_MAPPED));
        if (out != null) {
            fields = FieldFit.of(model, heldOut);
        }
    }

    /** What the model itself keeps of that. */
    ModelPlots plots() {
        return new ModelPlots(curve.courses(), latent.projection());
    }

    /** The model is there already, so a page that cannot be written is no failure of the run. */
    void write(Path data, ModelCard card) {
        if (out == null) {
            return;
        }
        begin(null);
        String page = new TrainingReport(data.toString(), card, curve, phases, fields, latent).html();
        try {
            WholeFile.write(out, page.getBytes(StandardCharsets.UTF_8));
        } catch (SurprisalException e) {
            listener.says("the report is missing: " + e.getMessage());
        }
    }
}

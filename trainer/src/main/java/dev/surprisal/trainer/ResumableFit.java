package dev.surprisal.trainer;

import dev.surprisal.launcher.Interruption;
import dev.surprisal.trainer.CheckpointFile.Checkpoint;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.FitListener;
import dev.surprisal.trainer.vae.FitOptions;
import dev.surprisal.trainer.vae.FitState;
import dev.surprisal.trainer.vae.Fitted;
import dev.surprisal.trainer.vae.ParameterChoice;
import dev.surprisal.trainer.vae.VaeConfig;
import dev.surprisal.trainer.vae.VaeTrainer;
import java.lang.reflect.RecordComponent;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/** The fit of a training run, which can go on from the checkpoint of an earlier run. */
final class ResumableFit {

    private final Training.Request request;
    private final Training.Options options;
    private final Clock clock;
    private final Training.Listener listener;
    private final CheckpointFile file;
    private final Checkpoint earlier;

    /**
     * Looks for the checkpoint, if one is asked for.
     *
     * @throws dev.surprisal.schemas.SurprisalException if it cannot be used, whatever the data
     */
    ResumableFit(Training.Request request, Training.Options options, Clock clock, Training.Listener listener) {
        this.request = request;
        this.options = options;
        this.clock = clock;
        this.listener = listener;
        file = new CheckpointFile(request.out());
        earlier = options.resume() ? file.read().orElse(null) : null;
        if (options.resume() && earlier == null) {
            listener.says("there is no " + file.path() + " to go on from; starting anew");
        }
    }

    /**
     * Fits, and leaves checkpoints as it goes on.
     *
     * @throws Interruption if the thread was interrupted and a checkpoint is there to go on from
     * @throws dev.surprisal.schemas.SurprisalException if the checkpoint belongs to another run
     */
    Fitted fit(TrainingData data, Rows fitted, EncodedRows heldOut, Columns columns, VaeConfig config) {
        Map<String, String> origin = origin(data, config);
        if (earlier != null) {
            refuseAnother(origin);
        }
        FitState from = earlier == null ? null : earlier.state();
        FitOptions.Checkpoints checkpoints = options.checkpointEvery() == null
                ? null
                : new FitOptions.Checkpoints(
                        options.checkpointEvery(), state -> file.write(new Checkpoint(origin, state)));
        FitOptions fitOptions = new FitOptions(
                from,
                options.timeBudget(),
                checkpoints,
                options.writeOnInterrupt(),
                options.keepBest() ? new FitOptions.Watch(heldOut, ParameterChoice.BEST) : null,
                clock);
        FitListener progress = begin(config, from);
        try {
            Fitted result = VaeTrainer.fit(fitted, columns, config, fitOptions, progress);
            if (result.interrupted()) {
                listener.says(String.format(
                        Locale.ROOT, "interrupted after %,d steps; writing the model as it is", result.steps()));
            }
            return result;
        } catch (CancellationException e) {
            if (checkpoints == null) {
                throw e;
            }
            throw new Interruption(file.path() + " holds what was fitted; --resume goes on from it", e);
        }
    }

    /** Once the model is written. */
    void finish() {
        if (options.checkpointEvery() != null) {
            file.delete();
        }
    }

    private FitListener begin(VaeConfig config, FitState from) {
        if (from != null) {
            listener.says(String.format(Locale.ROOT, "going on after %,d of %,d steps", from.step(), config.steps()));
        }
        Duration budget = options.timeBudget();
        if (budget == null) {
            listener.begins("fitting", config.steps(), "steps");
            return (step, steps, bound) -> listener.at(step, figure(bound));
        }
        long seconds = Math.max(1, budget.toSeconds());
        listener.begins("fitting", seconds, "s");
        return (step, steps, bound) -> listener.at(Math.round((double) step / steps * seconds), figure(bound));
    }

    private static String figure(double bound) {
        return String.format(Locale.ROOT, "bound %.2f nats", bound);
    }

    /** All that decides the steps of the fit; the configuration with whatever it may come to have. */
    private Map<String, String> origin(TrainingData data, VaeConfig config) {
        Map<String, String> origin = new TreeMap<>();
        origin.put("data", data.fingerprint());
        origin.put("spec", request.spec().toString());
        origin.put("time budget", String.valueOf(options.timeBudget()));
        origin.put("choice of the best parameters", Boolean.toString(options.keepBest()));
        origin.put("version of ND4J", VaeTrainer.engineVersion());
        for (RecordComponent component : VaeConfig.class.getRecordComponents()) {
            try {
                origin.put(
                        component.getName(),
                        String.valueOf(component.getAccessor().invoke(config)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a public record hides " + component.getName(), e);
            }
        }
        return origin;
    }

    private void refuseAnother(Map<String, String> origin) {
        if (!origin.get("data").equals(earlier.origin().get("data"))) {
            throw file.refused("belongs to other data than " + request.data());
        }
        if (!origin.get("spec").equals(earlier.origin().get("spec"))) {
            throw file.refused("belongs to another spec");
        }
        origin.forEach((name, value) -> {
            String other = earlier.origin().get(name);
            if (!value.equals(other)) {
                throw file.refused("belongs to a run with another " + name + ": " + other + ", not " + value);
            }
        });
    }
}

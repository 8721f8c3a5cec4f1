package dev.surprisal.trainer;

import dev.surprisal.launcher.Interruption;
import dev.surprisal.trainer.CheckpointFile.Checkpoint;
import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.data.Rows;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.report.FitCurve;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.FitListener;
import dev.surprisal.trainer.vae.FitOptions;
import dev.surprisal.trainer.vae.FitState;
import dev.surprisal.trainer.vae.Fitted;
import dev.surprisal.trainer.vae.ParameterChoice;
import dev.surprisal.trainer.vae.VaeConfig;
import dev.surprisal.trainer.vae.VaeTrainer;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/** The fit of a training run, or of the ensemble that it asks for, which can go on from the checkpoint of an earlier run. */
final class ResumableFit {

    private final Training.Request request;
    private final Training.Options options;
    private final Clock clock;
    private final Training.Listener listener;
    private final FitCurve curve;
    private final CheckpointFile file;
    private final Checkpoint earlier;

    /**
     * Looks for the checkpoint, if one is asked for.
     *
     * @throws dev.surprisal.schemas.SurprisalException if it cannot be used, whatever the data
     */
    ResumableFit(
            Training.Request request,
            Training.Options options,
            Clock clock,
            Training.Listener listener,
            FitCurve curve) {
        this.request = request;
        this.options = options;
        this.clock = clock;
        this.listener = listener;
        this.curve = curve;
        file = new CheckpointFile(request.out());
        earlier = options.resume() ? file.read().orElse(null) : null;
        if (options.resume() && earlier == null) {
            listener.says("there is no " + file.path() + " to go on from; starting anew");
        }
    }

    /**
     * Fits the members of the ensemble, one after the other, and leaves checkpoints as it goes on: the first with the seed itself, the others with seeds that follow
     * from it.
     *
     * @return at least one
     * @throws Interruption if the thread was interrupted and a checkpoint is there to go on from
     * @throws dev.surprisal.schemas.SurprisalException if the checkpoint belongs to another run
     */
    List<Fitted> fit(TrainingData data, Rows fitted, EncodedRows novel, Columns columns, VaeConfig config) {
        Map<String, String> origin = origin(data, config);
        if (earlier != null) {
            refuseAnother(origin);
            curve.restore(earlier.curve());
        }
        begin(config);
        SplittableRandom seeds = new SplittableRandom(request.seed());
        List<Fitted> done = new ArrayList<>();
        for (int member = 0; member < request.ensemble(); member++) {
            Fitted result;
            try {
                result = VaeTrainer.fit(
                        fitted,
                        data.anomalies(),
                        columns,
                        member == 0 ? config : config.withSeed(seeds.nextLong()),
                        options(origin, novel, done),
                        progress(member));
            } catch (CancellationException e) {
                if (options.checkpointEvery() == null || !Files.exists(file.path())) {
                    throw e;
                }
                throw new Interruption(file.path() + " holds what was fitted; --resume goes on from it", e);
            }
            if (result.interrupted()) {
                return asItIs(done, result);
            }
            done.add(result);
        }
        return done;
    }

    /** Of an ensemble, the members that are done; of a single one, what it is by now. */
    private List<Fitted> asItIs(List<Fitted> done, Fitted interrupted) {
        listener.says(String.format(
                Locale.ROOT,
                "interrupted after %,d steps%s; writing the model as it is",
                interrupted.steps(),
                request.ensemble() == 1 ? "" : " of network " + (done.size() + 1) + " of " + request.ensemble()));
        return done.isEmpty() ? List.of(interrupted) : done;
    }

    /** Notes what is looked at, and chooses as ever. */
    private ParameterChoice noted(int member) {
        return look -> {
            curve.addHeldOut(member, look.step(), look.bound());
            return ParameterChoice.BEST.judge(look);
        };
    }

    private FitOptions options(Map<String, String> origin, EncodedRows novel, List<Fitted> done) {
        List<FitState> states = done.stream().map(Fitted::state).toList();
        FitOptions.Checkpoints checkpoints = new FitOptions.Checkpoints(options.checkpointEvery(), state -> {
            List<FitState> all = new ArrayList<>(states);
            all.add(state);
            file.write(new Checkpoint(origin, all, curve.state()));
        });
        return new FitOptions(
                earlier != null && done.size() < earlier.members().size()
                        ? earlier.members().get(done.size())
                        : null,
                options.timeBudget() == null ? null : options.timeBudget().dividedBy(request.ensemble()),
                options.checkpointEvery() == null ? null : checkpoints,
                options.writeOnInterrupt(),
                novel.size() == 0 ? null : new FitOptions.Watch(novel, noted(done.size())),
                clock);
    }

    /** Once the model is written. */
    void finish() {
        if (options.checkpointEvery() != null) {
            file.delete();
        }
    }

    private void begin(VaeConfig config) {
        if (earlier != null) {
            int network = earlier.members().size();
            int step = earlier.members().get(network - 1).step();
            listener.says(String.format(
                    Locale.ROOT,
                    "going on after %,d of %,d steps%s",
                    step,
                    config.steps(),
                    request.ensemble() == 1 ? "" : " of network " + network + " of " + request.ensemble()));
        }
        if (options.timeBudget() == null) {
            listener.begins("fitting", (long) request.ensemble() * config.steps(), "steps");
        } else {
            listener.begins("fitting", Math.max(1, options.timeBudget().toSeconds()), "s");
        }
    }

    private FitListener progress(int member) {
        Duration budget = options.timeBudget();
        return (step, steps, bound) -> {
            curve.add(member, step, bound);
            String figure = String.format(Locale.ROOT, "bound %.2f nats", bound);
            if (budget == null) {
                listener.at((long) member * steps + step, figure);
            } else {
                double share = (member + (double) step / steps) / request.ensemble();
                listener.at(Math.round(share * budget.toSeconds()), figure);
            }
        };
    }

    /** All that decides the steps of the fit; the configuration with whatever it may come to have. */
    private Map<String, String> origin(TrainingData data, VaeConfig config) {
        Map<String, String> origin = new TreeMap<>();
        origin.put("data", data.fingerprint());
        origin.put("spec", request.spec().toString());
        origin.put("ensemble", Integer.toString(request.ensemble()));
        origin.put("time budget", String.valueOf(options.timeBudget()));
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

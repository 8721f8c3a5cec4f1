package dev.surprisal.bench.training;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.trainer.vae.TrainingSpeed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how many examples a second of processor time goes through training. */
@Command(
        name = "training",
        sortOptions = false,
        description = {
            "Trains a network of a fixed shape on one thread and prints examples per CPU second; with --yardstick, beside a script that trains the same network with another library, in turns. Figures are medians over the repetitions.",
            "",
            "The network: 30 numbers, encoder 128-64 with ReLU, 8 latent dimensions, decoder 64-128, normal likelihoods with one learned scale a field, standard normal prior, one sample, Adam, 65,536 rows. The last line is of the network that `train` uses by default, which no script has.",
            "",
            "Both sides should use one thread and the same kernels: the launcher sets OMP_NUM_THREADS and OPENBLAS_CORETYPE for both.",
            "",
            "Example:",
            "  surprisal bench training --yardstick torch_vae.py",
            ""
        })
public final class TrainingCommand implements Callable<Integer> {

    private static final int PASSES = 4;

    @Option(
            names = "--batch",
            split = ",",
            paramLabel = "N",
            defaultValue = "128,512,2048",
            description = "Batch sizes. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often to measure each. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(
            names = "--yardstick",
            paramLabel = "SCRIPT",
            description =
                    "A Python script that takes a batch size and prints `batch N examples/cpu-second X`. Default: none.")
    private Path script;

    @Option(
            names = "--python",
            paramLabel = "PROGRAM",
            defaultValue = "/usr/bin/python3",
            description = "What runs the script. Default: ${DEFAULT-VALUE}.")
    private Path python;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (repetitions < 1 || batches.stream().anyMatch(batch -> batch < 1 || batch > TrainingSpeed.ROWS)) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    "--repetitions must be at least 1, and a batch from 1 to " + TrainingSpeed.ROWS);
        }
        PrintWriter screen = command.commandLine().getOut();
        screen.println(script == null ? "| batch | Surprisal |" : "| batch | Surprisal | yardstick | ratio |");
        screen.println(script == null ? "| ---: | ---: |" : "| ---: | ---: | ---: | ---: |");
        for (int batch : batches) {
            screen.println(line(batch));
            screen.flush();
        }
        List<Double> ofDefault = new ArrayList<>();
        for (int repetition = 0; repetition < repetitions; repetition++) {
            ofDefault.add(TrainingSpeed.ofDefault().measure(1));
        }
        screen.printf(
                Locale.ROOT,
                "%nThe default network: %,.0f examples per CPU second, %.2f ms a step.%n",
                median(ofDefault),
                1e3 * TrainingSpeed.ofDefault().batch() / median(ofDefault));
        screen.flush();
        return CommandLine.ExitCode.OK;
    }

    private String line(int batch) throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int repetition = 0; repetition < repetitions; repetition++) {
            double speed = TrainingSpeed.ofYardstick(batch).measure(PASSES);
            ours.add(speed);
            if (script != null) {
                double other = new Yardstick(python, script).measure(batch);
                others.add(other);
                ratios.add(speed / other);
            }
        }
        return script == null
                ? String.format(Locale.ROOT, "| %,d | %,.0f |", batch, median(ours))
                : String.format(
                        Locale.ROOT,
                        "| %,d | %,.0f | %,.0f | %.2f |",
                        batch,
                        median(ours),
                        median(others),
                        median(ratios));
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

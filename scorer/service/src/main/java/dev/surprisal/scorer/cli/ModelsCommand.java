package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.model.Deployment;
import dev.surprisal.scorer.model.ModelRegistry;
import dev.surprisal.scorer.model.PublishedModel;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the published models. */
@Command(
        name = "models",
        sortOptions = false,
        description =
                "Lists the models on the topic surprisal.models: which score, which are shadows, and which can be rolled back to.")
final class ModelsCommand implements Callable<Integer> {

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter screen = command.commandLine().getOut();
        Map<String, Deployment> deployments = new ModelRegistry(kafka.kafka(), Clock.systemUTC()).deployments();
        if (deployments.isEmpty()) {
            screen.println("No model has been published yet.");
        }
        deployments.forEach((name, deployment) -> print(screen, name, deployment));
        screen.flush();
        return 0;
    }

    /** All of one name. */
    static void print(PrintWriter screen, String name, Deployment deployment) {
        screen.println(name);
        print(screen, "serving", deployment.serving());
        print(screen, "shadow", deployment.shadow());
        deployment.previous().forEach(model -> print(screen, "previous", model));
        screen.flush();
    }

    private static void print(PrintWriter screen, String role, PublishedModel model) {
        if (model != null) {
            screen.printf(
                    "  %-8s  %-14s  %,12d bytes  published %s%n",
                    role, model.version(), model.bytes(), model.published().truncatedTo(ChronoUnit.SECONDS));
        }
    }
}

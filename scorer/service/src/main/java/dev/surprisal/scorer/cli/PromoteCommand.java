package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.model.Deployment;
import dev.surprisal.scorer.model.ModelRegistry;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets the shadow score. */
@Command(
        name = "promote",
        sortOptions = false,
        description =
                "Lets the shadow of a published model score in its place, in all scorers that follow the topic surprisal.models. `rollback` undoes it.")
final class PromoteCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The model's name; `models` lists them.")
    private String name;

    @Option(names = "--discard", description = "Drop the shadow instead.")
    private boolean discard;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        ModelRegistry registry = new ModelRegistry(kafka.kafka(), Clock.systemUTC());
        Deployment deployment = discard ? registry.dropShadow(name) : registry.promote(name);
        ModelsCommand.print(command.commandLine().getOut(), name, deployment);
        return 0;
    }
}

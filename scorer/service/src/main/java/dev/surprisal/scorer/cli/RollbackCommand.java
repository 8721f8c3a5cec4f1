package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.model.ModelRegistry;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets an earlier model score again. */
@Command(
        name = "rollback",
        sortOptions = false,
        description =
                "Lets an earlier version of a published model score again, in all scorers that follow the topic surprisal.models.")
final class RollbackCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The model's name; `models` lists them.")
    private String name;

    @Option(names = "--to", paramLabel = "VERSION", description = "Which version. Default: the last before.")
    private String version;

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
        ModelsCommand.print(command.commandLine().getOut(), name, registry.rollback(name, version));
        return 0;
    }
}

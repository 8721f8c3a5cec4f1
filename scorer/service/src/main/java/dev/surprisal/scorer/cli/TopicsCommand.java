package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineTopics;
import dev.surprisal.scorer.stream.PipelineTopics.Planned;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The topics that pipelines need. */
@Command(
        name = "topics",
        description =
                "Shows or creates the topics that pipelines need; the settings are those of `serve`. Topics that exist are never changed, and topics of records never created.",
        subcommands = {TopicsCommand.PlanCommand.class, TopicsCommand.ApplyCommand.class},
        synopsisSubcommandLabel = "plan|apply")
final class TopicsCommand {

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    /** Shows what would be created. */
    @Command(
            name = "plan",
            sortOptions = false,
            description = "Shows which topics exist, and which would be created, as what.")
    static final class PlanCommand implements Callable<Integer> {

        @Mixin
        private PipelineOptions pipelines;

        @Mixin
        @SuppressWarnings("UnusedVariable") // picocli looks at it
        private Verbosity verbosity;

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            return each(pipelines, command, false);
        }
    }

    /** Creates what is missing. */
    @Command(name = "apply", sortOptions = false, description = "Creates the topics that are missing.")
    static final class ApplyCommand implements Callable<Integer> {

        @Mixin
        private PipelineOptions pipelines;

        @Mixin
        @SuppressWarnings("UnusedVariable") // picocli looks at it
        private Verbosity verbosity;

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            return each(pipelines, command, true);
        }
    }

    private static int each(PipelineOptions options, CommandSpec command, boolean create) {
        PrintWriter screen = command.commandLine().getOut();
        // Which model it is does not matter to the topics.
        Settings settings = options.settings(Map.of()).orElse("model", "any.onnx");
        for (Pipeline pipeline : settings.pipelines()) {
            KafkaAdmin.with(pipeline.kafka(), kafka -> {
                PipelineTopics topics = new PipelineTopics(pipeline, kafka);
                List<Planned> plan = topics.plan();
                if (create) {
                    topics.create(plan);
                }
                plan.forEach(topic -> print(screen, topic, create));
                return null;
            });
        }
        screen.flush();
        return 0;
    }

    private static void print(PrintWriter screen, Planned topic, boolean created) {
        screen.printf(
                "%-10s %s: %d partitions, %d replicas%s%n",
                topic.exists() ? "exists" : created ? "created" : "to create",
                topic.name(),
                topic.partitions(),
                topic.replicas(),
                topic.configs().isEmpty() ? "" : ", " + topic.configs());
    }
}

package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineRights;
import dev.surprisal.scorer.stream.PipelineRights.Component;
import dev.surprisal.scorer.stream.PipelineRights.Right;
import dev.surprisal.scorer.stream.PipelineTopics;
import dev.surprisal.scorer.stream.PipelineTopics.Planned;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

        @Option(
                names = "--acls",
                description =
                        "Instead, list the rights that each component needs on a Kafka with an authorizer, and no more, as commands of Kafka's own kafka-acls. The principals are to be replaced by yours.")
        private boolean acls;

        @Mixin
        private PipelineOptions pipelines;

        @Mixin
        @SuppressWarnings("UnusedVariable") // picocli looks at it
        private Verbosity verbosity;

        @Spec
        private CommandSpec command;

        @Override
        public Integer call() {
            return acls ? rights(pipelines, command) : each(pipelines, command, false);
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

    private static int rights(PipelineOptions options, CommandSpec command) {
        PrintWriter screen = command.commandLine().getOut();
        for (Pipeline pipeline :
                options.settings(Map.of()).orElse("model", "topic:any").pipelines()) {
            List<String> inputs = KafkaAdmin.with(
                    pipeline.kafka(),
                    kafka -> new PipelineTopics(pipeline, kafka)
                            .plan().stream()
                                    .map(Planned::name)
                                    .filter(pipeline::reads)
                                    .toList());
            for (Component component : Component.values()) {
                String name = component.name().toLowerCase(Locale.ROOT);
                screen.printf("# %s of %s: %s%n", name, pipeline.name(), component.does());
                for (Right right : PipelineRights.of(component, pipeline, inputs)) {
                    screen.printf(
                            "kafka-acls.sh --bootstrap-server %s --command-config admin.properties --add --allow-principal User:%s %s%n",
                            pipeline.kafka().get("bootstrap.servers"), name, right.options());
                }
                screen.println();
            }
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

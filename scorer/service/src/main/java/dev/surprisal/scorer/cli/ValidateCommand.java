package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.validation.Finding;
import dev.surprisal.scorer.validation.Finding.Grade;
import dev.surprisal.scorer.validation.Validation;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Checks a whole configuration. */
@Command(
        name = "validate",
        sortOptions = false,
        description = {
            "Checks the settings of `serve`, the connection to Kafka, its topics and the rights on them, the schema registry, who may use the HTTP API, the model and its signature, and tries the model on the last records. It changes nothing: no topic, group or file comes to be.",
            "",
            "Each check is a line that begins with ok, warning or failed and says what to do. Exit status: 0 where nothing failed, 1 otherwise.",
            "",
            "Example:",
            "  surprisal validate --config surprisal.yaml",
            ""
        })
final class ValidateCommand implements Callable<Integer> {

    @Mixin
    private PipelineOptions options;

    @Mixin
    private AccessOptions access;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    private final Map<Grade, Integer> counts = new EnumMap<>(Grade.class);

    @Override
    public Integer call() {
        Settings settings = options.settings(access.values());
        List<Pipeline> pipelines = settings.pipelines();
        tell(new Finding(
                Grade.OK,
                "settings",
                "there are " + pipelines.size() + " to check: "
                        + String.join(
                                ", ", pipelines.stream().map(Pipeline::name).toList())));
        try {
            Access http = settings.access();
            tell(new Finding(
                    http.withoutAuthentication() ? Grade.WARNING : Grade.OK,
                    "HTTP",
                    http.authenticates()
                            ? "on " + http.host() + ", for those with a token"
                            : http.withoutAuthentication()
                                    ? "on " + http.host() + ", everybody may do everything"
                                    : "on " + http.host() + ", for this machine only"));
        } catch (SurprisalException e) {
            tell(new Finding(Grade.FAILED, "HTTP", e.getMessage()));
        }
        Validation validation = new Validation(this::tell);
        pipelines.forEach(validation::check);
        PrintWriter screen = command.commandLine().getOut();
        screen.printf(
                "%d ok, %d warnings, %d failed%n",
                counts.getOrDefault(Grade.OK, 0),
                counts.getOrDefault(Grade.WARNING, 0),
                counts.getOrDefault(Grade.FAILED, 0));
        screen.flush();
        return counts.containsKey(Grade.FAILED) ? 1 : 0;
    }

    private void tell(Finding finding) {
        counts.merge(finding.grade(), 1, Integer::sum);
        PrintWriter screen = command.commandLine().getOut();
        screen.printf(
                "%-8s %s: %s%n", finding.grade().name().toLowerCase(Locale.ROOT), finding.subject(), finding.text());
        screen.flush();
    }
}

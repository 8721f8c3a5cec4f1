package dev.surprisal.scorer.cli;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.launcher.Verbosity;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.Ed25519;
import dev.surprisal.scorer.model.ModelInspection;
import dev.surprisal.scorer.model.ModelRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a model to the topic of models. */
@Command(
        name = "publish",
        sortOptions = false,
        description = {
            "Sends a model file to the compacted topic surprisal.models, which is created where it is missing. Scorers that were started with --model topic:NAME, where NAME is the model's, verify it and score with it from their next poll on; a model that does not pass is refused, and the one before goes on.",
            "",
            "Example:",
            "  surprisal publish payments.onnx --bootstrap-servers localhost:9092 --shadow",
            "  surprisal promote payments --bootstrap-servers localhost:9092",
            ""
        })
final class PublishCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "A model file, as `train` writes it.")
    private Path model;

    @Option(
            names = "--shadow",
            description =
                    "Score beside the model in use, into <topic>.shadow-scores, without flagging, until `promote`.")
    private boolean shadow;

    @Option(
            names = "--sign",
            paramLabel = "FILE",
            description =
                    "An Ed25519 private key in PEM (openssl genpkey -algorithm ed25519) to sign the file with. Without it, a signature in MODEL.sig goes along.")
    private Path key;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        byte[] onnx = read(model);
        byte[] signature = signature(onnx);
        String name;
        String version;
        try (ScoringModel opened = new ModelInspection(null).open(onnx, null, signature, model.toString(), List.of())) {
            name = opened.card().name();
            version = opened.card().version();
        }
        new ModelRegistry(kafka.kafka(), Clock.systemUTC()).publish(name, version, onnx, signature, shadow);
        command.commandLine()
                .getOut()
                .printf(
                        "Published %s %s, %,d bytes%s, %s%n",
                        name,
                        version,
                        onnx.length,
                        signature == null ? "" : ", signed",
                        shadow ? "as the shadow of what scores" : "to score from now on");
        return 0;
    }

    private byte[] signature(byte[] onnx) {
        if (key != null) {
            return Ed25519.readPrivate(key).sign(onnx);
        }
        Path beside = model.resolveSibling(model.getFileName() + ".sig");
        return Files.exists(beside) ? read(beside) : null;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such model file", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}

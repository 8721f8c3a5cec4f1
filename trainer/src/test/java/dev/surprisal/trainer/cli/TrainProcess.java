package dev.surprisal.trainer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command line in a JVM of its own. */
final class TrainProcess {

    private TrainProcess() {}

    /**
     * Starts one.
     *
     * @param log gets what it prints
     * @param heap such as 512m
     */
    static Process start(Path folder, Path log, String heap, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                Main.class.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // As the launcher does: ONNX Runtime's telemetry crashes where the command line is long.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.start();
    }
}

package dev.surprisal.bench.kill;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that can be killed, and started again. What it says goes to a file. */
final class JavaProcess implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 30;

    private final String name;
    private final Path log;
    private final List<String> line;
    private Process process;
    private long saidBefore;

    /** @param arguments class and arguments, as after {@code java} */
    JavaProcess(String name, Path folder, int heapMebibytes, String... arguments) {
        this.name = name;
        log = folder.resolve(name + ".log");
        line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMebibytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        line.addAll(List.of(arguments));
    }

    /**
     * The scorer of a topic.
     *
     * @param model as {@code serve --model} takes it
     * @param more options of {@code serve}
     */
    static JavaProcess scorer(
            String name, Path folder, int heapMebibytes, String servers, String topic, String model, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "dev.surprisal.scorer.cli.Main",
                "serve",
                "--bootstrap-servers",
                servers,
                "--topic",
                topic,
                "--model",
                model,
                "--port",
                "0"));
        arguments.addAll(List.of(more));
        return new JavaProcess(name, folder, heapMebibytes, arguments.toArray(String[]::new));
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    void start() {
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
        // As the launcher does: ONNX Runtime's telemetry crashes where the command line is long.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        try {
            saidBefore = Files.exists(log) ? Files.size(log) : 0;
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Ends it.
     *
     * @param kill by SIGKILL; otherwise by SIGTERM
     */
    void end(boolean kill) throws InterruptedException {
        if (kill) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** Whether it has said something since it was last started. */
    boolean hasSaid(String text) {
        try {
            return Files.exists(log)
                    && new String(Files.readAllBytes(log), StandardCharsets.ISO_8859_1).indexOf(text, (int) saidBefore)
                            >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}

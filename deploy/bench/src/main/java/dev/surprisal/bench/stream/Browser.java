package dev.surprisal.bench.stream;

import dev.surprisal.launcher.Folders;
import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Chromium without a screen, with one page open. */
final class Browser implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_MILLIS = 50;

    private final Path folder;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private Browser(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Where one is on the PATH. */
    static Optional<Path> find() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(program -> Pattern.compile(":")
                        .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                        .map(each -> Path.of(each, program)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser open(Path program, URI page) throws IOException {
        Path folder = Files.createTempDirectory("surprisal-browser-");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=1280,900",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder,
                        page.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Browser(folder, process);
    }

    /** Waits until the page has a title, which its own script gives it. */
    void awaitTitle(String title) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!shows(title)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new SurprisalException("Chromium does not show the dashboard"
                        + (process.isAlive() ? " within a minute" : ", and has ended"));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Whether the page shows this now. */
    boolean shows(String title) throws InterruptedException {
        try {
            Path port = folder.resolve("DevToolsActivePort");
            if (!Files.exists(port)) {
                return false;
            }
            String address = "http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list";
            return http.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .contains("\"title\": \"" + title);
        } catch (IOException | IndexOutOfBoundsException e) {
            // It has not begun to listen yet.
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Folders.delete(folder);
    }
}

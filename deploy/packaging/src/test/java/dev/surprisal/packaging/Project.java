package dev.surprisal.packaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of the project, seen from this module. */
final class Project {

    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    static final Path DEPLOY = ROOT.resolve("deploy");
    static final Path CHART = DEPLOY.resolve("kubernetes/surprisal");

    private static final JsonMapper JSON = new JsonMapper();

    private Project() {}

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The documents of a YAML text, in which no key may come twice. */
    static List<JsonNode> yaml(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<JsonNode> documents = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
            if (document != null) {
                documents.add(JSON.valueToTree(document));
            }
        }
        return documents;
    }

    /** What people deploy: all files below deploy/docker and deploy/kubernetes, and those of Prometheus and Grafana. */
    static List<Path> deployed() {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("docker", "kubernetes", "prometheus", "grafana")) {
            try (Stream<Path> found = Files.walk(DEPLOY.resolve(folder))) {
                files.addAll(found.filter(Files::isRegularFile).toList());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        files.add(DEPLOY.resolve("RUNNING.md"));
        return files;
    }

    /** What `validate.mjs` says about a document; empty if nothing is wrong. */
    static String complaints(String kind, JsonNode document) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("node", "validate.mjs", kind)
                .directory(Path.of("src/test/schemas").toFile())
                .redirectErrorStream(true)
                .start();
        try (var input = process.getOutputStream()) {
            input.write(JSON.writeValueAsBytes(document));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : said.isEmpty() ? "it failed" : said;
    }

    static boolean hasSchemas() {
        return Files.isDirectory(Path.of("src/test/schemas/node_modules"));
    }
}

package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the top, in a copy of the project whose build and Java only say that they were called. */
class LauncherScriptTest {

    @TempDir
    private Path folder;

    private Path project;

    @BeforeEach
    void copyTheScript() throws IOException {
        project = Files.createDirectories(folder.resolve("a project"));
        Files.copy(Path.of("../../surprisal"), project.resolve("surprisal"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(project.resolve("pom.xml"), "<project>\n    <version>1.2.3</version>\n</project>\n");
        for (String module : List.of("trainer", "scorer", "deploy", "schemas")) {
            Files.createDirectories(project.resolve(module + "/src/main"));
        }
        program(
                project.resolve("mvnw"),
                "echo built >> builds; mkdir -p trainer/target; echo deps > trainer/target/classpath; touch trainer/target/surprisal-trainer-1.jar");
        program(
                folder.resolve("jdk/bin/java"),
                "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; else echo \"java $*\"; echo \"on $CLASSPATH\"; exit 7; fi");
        program(folder.resolve("jdk/bin/javac"), "exit 0");
        age();
    }

    @Test
    void buildsOnFirstUseThenRunsAndPassesTheStatusOn() throws Exception {
        Said said = run("train", "--spec", "a b");

        assertThat(said.status).isEqualTo(7);
        assertThat(said.text)
                .contains("surprisal: building")
                .contains("dev.surprisal.trainer.cli.Main train --spec a b")
                .contains("surprisal-trainer-1.jar:deps");
        assertThat(run("train").text).doesNotContain("building");
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainWhereASourceCameChangedOrWent() throws Exception {
        run("train");
        Path source = Files.writeString(project.resolve("trainer/src/main/A.java"), "a");
        run("train");
        assertThat(builds()).as("it came").isEqualTo(2);
        age();
        run("train");
        Files.writeString(source, "b");
        run("train");
        assertThat(builds()).as("it changed").isEqualTo(3);
        Files.delete(source);
        run("train");
        assertThat(builds()).as("it went").isEqualTo(4);
        run("train");
        assertThat(builds()).isEqualTo(4);
    }

    @Test
    void worksThroughALinkFromAnywhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), project.resolve("surprisal"));

        assertThat(call(link, "train").text).contains("dev.surprisal.trainer.cli.Main train");
    }

    @Test
    void explainsItself() throws Exception {
        assertThat(run("--help").status).isZero();
        assertThat(run("--help").text).contains("describe", "train", "score", "evaluate", "serve", "demo");
        assertThat(run("--version").text).isEqualTo("surprisal 1.2.3");
        assertThat(run().status).isEqualTo(2);
        Said unknown = run("trian");
        assertThat(unknown.status).isEqualTo(2);
        assertThat(unknown.text).contains("there is no command 'trian'");
        assertThat(project.resolve("builds")).doesNotExist();
    }

    @Test
    void aFailedBuildIsShown() throws Exception {
        program(project.resolve("mvnw"), "echo '[ERROR] it does not compile'; exit 1");

        Said said = run("train");

        assertThat(said.status).isEqualTo(1);
        assertThat(said.text).contains("[ERROR] it does not compile", "the build failed; all of its log is in");
    }

    @Test
    void inAnImageItRunsWhatIsThere() throws Exception {
        Path app = Files.createDirectories(folder.resolve("app/classpath")).getParent();
        Files.createDirectories(app.resolve("libs"));
        Files.copy(Path.of("../../surprisal"), app.resolve("surprisal"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(app.resolve("version"), "surprisal 1.2.3\n");
        for (String jar : List.of("classpath/surprisal-service-1.2.3.jar", "libs/b-2.jar", "libs/a-1.jar")) {
            Files.createFile(app.resolve(jar));
        }

        Said said = call(app.resolve("surprisal"), "serve", "--topic", "a b");

        assertThat(said.text)
                .contains("dev.surprisal.scorer.cli.Main serve --topic a b")
                .contains("-Donnxruntime.native.path=" + app + "/native")
                .doesNotContain("building", "SharedArchiveFile")
                .contains("on " + app + "/classpath/surprisal-service-1.2.3.jar:" + app + "/libs/a-1.jar:" + app
                        + "/libs/b-2.jar");
        Files.createFile(app.resolve("classes.jsa"));
        assertThat(call(app.resolve("surprisal"), "serve").text)
                .contains("-XX:SharedArchiveFile=" + app + "/classes.jsa");
        assertThat(call(app.resolve("surprisal"), "--version").text).isEqualTo("surprisal 1.2.3");
        Said missing = call(app.resolve("surprisal"), "train");
        assertThat(missing.status).isEqualTo(2);
        assertThat(missing.text).contains("'train' is not in this image");
    }

    private record Said(int status, String text) {}

    private Said run(String... arguments) throws IOException, InterruptedException {
        return call(project.resolve("surprisal"), arguments);
    }

    private Said call(Path script, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("bash", script.toString()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return new Said(process.waitFor(), text);
    }

    private long builds() throws IOException {
        return Files.readAllLines(project.resolve("builds")).size();
    }

    /** Makes all files an hour older, for changes to be newer by more than a file system's clock can tell. */
    private void age() throws IOException {
        FileTime before = FileTime.from(Instant.now().minusSeconds(3_600));
        List<Path> all;
        try (Stream<Path> paths = Files.walk(project)) {
            all = paths.filter(path -> !Files.isSymbolicLink(path)).toList();
        }
        for (Path path : all) {
            Files.setLastModifiedTime(path, before);
        }
    }

    private static void program(Path path, String script) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/usr/bin/env bash\n" + script + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}

package dev.surprisal.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.bench.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityCommandTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void writeATable() throws IOException {
        Random random = new Random(1);
        StringBuilder rows = new StringBuilder("f0,f1,label\n");
        for (int i = 0; i < 300; i++) {
            double x = random.nextGaussian();
            boolean anomaly = i % 10 == 0;
            rows.append(x)
                    .append(',')
                    .append(anomaly ? 8 - x : x + 0.1 * random.nextGaussian())
                    .append(anomaly ? ",1\n" : ",0\n");
        }
        Files.createDirectories(folder.resolve("tables"));
        Files.writeString(folder.resolve("tables/diagonal.csv"), rows);
        Files.writeString(folder.resolve("tables/published.csv"), "dataset,Oracle AUROC,Oracle AP\ndiagonal,99,98\n");
    }

    @Test
    void printsATableAndKeepsTheScores() throws IOException {
        Run run = run("--seeds", "1", "--yardsticks");

        assertThat(run.status).isZero();
        assertThat(run.out)
                .contains(
                        "| table | surprisal | kNN | GMM | Mahalanobis | Oracle, published | spread of AUROC | fit, s |")
                .contains("| diagonal | ")
                .contains(" 99.0 / 98.0 |")
                .contains("| **mean** |");
        Path scores = folder.resolve("out/one-class/diagonal/surprisal-0.csv");
        assertThat(Result.read(scores).auroc()).isGreaterThan(0.95);
        assertThat(Result.read(folder.resolve("out/one-class/diagonal/Mahalanobis-0.csv"))
                        .auroc())
                .isGreaterThan(0.95);

        FileTime before = Files.getLastModifiedTime(scores);
        assertThat(run("--seeds", "1", "--yardsticks").out).isEqualTo(run.out);
        assertThat(Files.getLastModifiedTime(scores)).isEqualTo(before);
    }

    @Test
    void knowsSomeAnomaliesWhereItMay() {
        Run run = run("--seeds", "1", "--protocol", "partly-labelled");

        assertThat(run.status).isZero();
        assertThat(run.err).contains("seed 0");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThat(run("--protocol", "none").err).contains("--protocol is one-class, clean");
        assertThat(run("--seeds", "0").status).isEqualTo(2);
        assertThat(run("--tables", "other").err).contains("there is no table");
        Files.writeString(folder.resolve("tables/bad.csv"), "a,b\n1,2\n");
        assertThat(run("--tables", "bad").err).contains("the last column of the header must be 'label'");
    }

    private record Run(int status, String out, String err) {}

    private Run run(String... more) {
        String[] arguments = new String[more.length + 6];
        System.arraycopy(
                new String[] {
                    "bench",
                    "quality",
                    "--data",
                    folder.resolve("tables").toString(),
                    "--out",
                    folder.resolve("out").toString()
                },
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int status = Main.run(arguments);
            return new Run(status, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}

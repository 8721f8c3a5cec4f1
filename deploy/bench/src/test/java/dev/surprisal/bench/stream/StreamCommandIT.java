package dev.surprisal.bench.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.bench.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measurement in small: every contender comes through, and every table is printed. */
class StreamCommandIT {

    @TempDir
    private Path folder;

    @Test
    void measuresEveryContenderAndTheLatencyOfFlags() throws IOException {
        Path data = records();
        PrintStream systemOut = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status;
        try (PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            System.setOut(printed);
            status = Main.run(
                    "bench",
                    "stream",
                    "--data",
                    data.toString(),
                    "--label",
                    "fraud",
                    "--normal",
                    "no",
                    "--records",
                    "2000",
                    "--repetitions",
                    "1",
                    "--latency-seconds",
                    "1",
                    "--only",
                    "a,b,c,d,e,f");
        } finally {
            System.setOut(systemOut);
        }

        String tables = out.toString(StandardCharsets.UTF_8);
        assertThat(status).as(tables).isZero();
        for (String letter : new String[] {"a", "b", "c", "d", "e", "f"}) {
            assertThat(tables)
                    .containsPattern("\\| " + letter + " \\| [^|]+ \\| [0-9,]+ \\| [0-9.]+ us \\| [0-9.]+ \\|");
        }
        assertThat(tables)
                .containsPattern("c is [0-9.]+ times as fast as f")
                .containsPattern("\\| first look \\| [0-9,]+ \\|")
                .containsPattern("\\| full score \\| [0-9,]+ \\|")
                .containsPattern("\\| 1,000 \\| at least once \\| [0-9,]+ \\| [0-9.]+ ms \\|")
                .containsPattern("\\| 5,000 \\| exactly once \\| [0-9,]+ \\| [0-9.]+ ms \\|");
    }

    private Path records() throws IOException {
        Random random = new Random(1);
        StringBuilder rows = new StringBuilder("amount,weight,country,fraud\n");
        for (int i = 0; i < 900; i++) {
            double x = random.nextGaussian();
            boolean fraud = i % 10 == 0;
            rows.append(fraud ? 30 + x : x)
                    .append(',')
                    .append(x + 0.1 * random.nextGaussian())
                    .append(',')
                    .append(x > 0 ? "DE" : "FR")
                    .append(fraud ? ",yes\n" : ",no\n");
        }
        return Files.writeString(folder.resolve("records.csv"), rows);
    }
}

package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that the README begins with. */
class DemoIT {

    @TempDir
    private Path folder;

    @Test
    void showsFlagsWithReasonsAndEndsWithTheTable() {
        String shown = demo("--once", "--records", "6000", "--dir", folder.toString());

        assertThat(shown)
                .containsPattern("Dashboard http://127\\.0\\.0\\.1:\\d+")
                .contains("FLAG ", "AUROC", "At an alarm rate of 1/100", "stolen card", "card testing", "Throughput")
                .contains("holds text, 'twelve', where a number belongs")
                .contains("4,005 records")
                .contains("payments.dead-letters");
        assertThat(folder.resolve("payments.onnx")).exists();
    }

    @Test
    void doesTheSameOverAFileOfTheUsers() throws IOException {
        StringBuilder csv = new StringBuilder("id,size,kind,verdict\n");
        for (int i = 0; i < 3_000; i++) {
            boolean odd = i > 1_500 && i % 100 == 0;
            csv.append("r").append(i * 7_919 % 100_003).append(',');
            csv.append(odd ? 900 : 100 + i * 31 % 17).append(',');
            csv.append(i % 2 == 0 ? "even" : "uneven").append(',');
            csv.append(odd ? "bad" : "good").append('\n');
        }
        Path file = Files.writeString(folder.resolve("things.csv"), csv);

        String shown = demo("--once", "--data", file.toString(), "--label", "verdict", "--normal", "good");

        assertThat(shown).contains("to topic things;", "size 900 is ", "AUROC 100.00 %", "bad");
    }

    private static String demo(String... options) {
        String[] line = new String[options.length + 1];
        line[0] = "demo";
        System.arraycopy(options, 0, line, 1, options.length);
        PrintStream before = System.out;
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.run(line)).isZero();
        } finally {
            System.setOut(before);
        }
        return shown.toString(StandardCharsets.UTF_8);
    }
}

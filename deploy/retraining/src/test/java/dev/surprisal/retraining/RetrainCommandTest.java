package dev.surprisal.retraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.ModelSource;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command says before it has to do with Kafka, and where it puts a model in a file. */
class RetrainCommandTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --pipeline p --model m --bootstrap-servers h:1 --tolerance -1    | 2 | numbers from 0 on
            --pipeline p --model m --bootstrap-servers h:1 --tolerance NaN   | 2 | numbers from 0 on
            --pipeline p --model m --bootstrap-servers h:1 --seed x          | 2 | --seed
            --pipeline p --model m --bootstrap-servers h:1 --since yesterday | 1 | 'yesterday' is no time
            --pipeline p --model m --bootstrap-servers h:1 --since 1h --until 2h | 1 | before it begins
            --pipeline p --model m --bootstrap-servers h:1 --most-records 0  | 1 | at least one record
            --pipeline p --model m                                           | 1 | no Kafka to connect to
            --pipeline p --bootstrap-servers h:1                             | 1 | there is no model
            --model m --bootstrap-servers h:1                                | 1 | there is no topic
            --pipeline p --model /no/such.onnx --bootstrap-servers h:1       | 1 | there is no such model file
            """)
    void saysWhatIsWrong(String arguments, int status, String why) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setErr(err);
            assertThat(Main.run(("retrain " + arguments).split(" +"))).isEqualTo(status);
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).contains(why);
    }

    @Test
    void replacesTheFileThatScorersWatchWithItsSignatureFirst() throws Exception {
        Path file = Files.write(folder.resolve("p.onnx"), new byte[] {1});
        ModelStore store = new ModelStore.InFile(ModelSource.file(file));

        assertThat(store.champion()).containsExactly(1);
        store.publish("p", "v2", new byte[] {2}, new byte[] {3}, false);

        assertThat(store.champion()).containsExactly(2);
        assertThat(Files.readAllBytes(folder.resolve("p.onnx.sig"))).containsExactly(3);
        assertThatThrownBy(() -> store.publish("p", "v3", new byte[] {4}, null, true))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("no file for a shadow");
        assertThat(store.champion()).containsExactly(2);
    }
}

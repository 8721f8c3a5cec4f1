package dev.surprisal.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.evaluation.FileScorer.Scored;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of scores on a disk that is full. */
class ScoresFileTest {

    private static final Scored RECORD = new Scored(
            new Verdict(Math.PI, Math.E / 10, false, -1, -2, -3, List.of(), false), null, List.of("x".repeat(100)));

    @ParameterizedTest
    @ValueSource(strings = {"scores.csv", "scores.csv.gz"})
    void saysSoWhenTheDiskIsFullAndLeavesNothing(String name) throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setBlockSize(1 << 10)
                .setMaxSize(16 << 10)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            Path path = disk.getPath(name);

            assertThatThrownBy(() -> write(path, 100_000))
                    .isInstanceOf(SurprisalException.class)
                    .hasMessage(name + ": cannot be written: out of disk space");
            try (Stream<Path> left = Files.list(disk.getPath("."))) {
                assertThat(left).isEmpty();
            }
        }
    }

    private static void write(Path path, int records) throws IOException {
        try (ScoresFile scores = ScoresFile.create(path, List.of("kept"), new StringWriter())) {
            for (int i = 0; i < records; i++) {
                scores.accept(RECORD);
            }
            scores.complete();
        }
    }
}

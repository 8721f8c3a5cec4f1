package dev.surprisal.bench.quality;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tables NAME.csv and NAME.csv.gz of a folder. */
public final class TableFiles {

    private TableFiles() {}

    /** Those with wanted names, by name. */
    public static List<Path> in(Path folder, Pattern names) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new SurprisalException(folder + ": there is no such folder");
        }
        Predicate<String> wanted = names.asMatchPredicate();
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> files = all.filter(file -> file.getFileName().toString().matches(".*\\.csv(\\.gz)?"))
                    .filter(file -> !file.getFileName().toString().equals(Published.FILE))
                    .filter(file -> wanted.test(nameOf(file)))
                    .sorted(Comparator.comparing(file -> nameOf(file).toLowerCase(Locale.ROOT)))
                    .toList();
            if (files.isEmpty()) {
                throw new SurprisalException(folder + ": there is no table NAME.csv or NAME.csv.gz of such a name");
            }
            return files;
        }
    }

    public static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("\\.csv(\\.gz)?$", "");
    }
}

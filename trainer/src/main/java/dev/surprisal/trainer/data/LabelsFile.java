package dev.surprisal.trainer.data;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.schemas.event.Label.Verdict;
import dev.surprisal.schemas.event.RecordCoordinates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A file of label events, one JSON object a line, each with its record under {@code record} where that could be read back; of several labels of a record, the last one counts. */
public final class LabelsFile {

    private LabelsFile() {}

    /**
     * Reads a file, plain or gzip.
     *
     * @throws DataException naming the line, if one is no label; or if there is none at all
     */
    public static Collection<Labelled> read(Path path) {
        Map<RecordCoordinates, Labelled> last = new LinkedHashMap<>();
        try (TextFile file = TextFile.open(path)) {
            long number = 1;
            for (String line = file.line(number); line != null; line = file.line(++number)) {
                if (!line.isBlank()) {
                    Labelled labelled = read(path, number, line);
                    last.put(labelled.label().record(), labelled);
                }
            }
        } catch (IOException e) {
            throw new DataException(path + ": cannot be closed: " + e.getMessage(), e);
        }
        if (last.isEmpty()) {
            throw new DataException(path + ": there is no label in it");
        }
        return Collections.unmodifiableCollection(last.values());
    }

    private static Labelled read(Path path, long number, String line) {
        try {
            return Labelled.read(line.getBytes(StandardCharsets.UTF_8));
        } catch (SurprisalException e) {
            throw new DataException(path + " line " + number + ": " + e.getMessage(), e);
        }
    }

    /** The records that are labelled so. */
    public static Set<RecordCoordinates> records(Collection<Labelled> labels, Verdict verdict) {
        return labels.stream()
                .filter(labelled -> labelled.label().verdict() == verdict)
                .map(labelled -> labelled.label().record())
                .collect(Collectors.toUnmodifiableSet());
    }
}

package dev.surprisal.bench.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.data.RecordReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of a labelled file as JSON: every second normal one to train on, the others and the anomalies to stream.
 *
 * @param normal in the file's order
 * @param anomalous in the file's order
 */
record StreamedRecords(List<byte[]> normal, List<byte[]> anomalous) {

    /**
     * Reads a file.
     *
     * @param training receives the records to train on, as JSON lines
     */
    static StreamedRecords read(Path data, RecordSpec spec, String label, String normalValue, Path training)
            throws IOException {
        List<byte[]> normal = new ArrayList<>();
        List<byte[]> anomalous = new ArrayList<>();
        boolean toTrainOn = false;
        try (RecordReader reader = RecordReader.open(data, spec, List.of(label));
                BufferedWriter lines = Files.newBufferedWriter(training)) {
            while (reader.next()) {
                if (!reader.text(label).equals(normalValue)) {
                    anomalous.add(reader.json().getBytes(StandardCharsets.UTF_8));
                    continue;
                }
                toTrainOn = !toTrainOn;
                if (toTrainOn) {
                    lines.write(reader.json());
                    lines.newLine();
                } else {
                    normal.add(reader.json().getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        if (normal.isEmpty() || anomalous.isEmpty()) {
            throw new SurprisalException(
                    data + ": there have to be records whose '" + label + "' is '" + normalValue + "', and others");
        }
        return new StreamedRecords(normal, anomalous);
    }

    /** The record at a place of a stream without end, of which every so manieth is an anomaly; both kinds come in the file's order and again from its start. */
    byte[] at(long place, int everySoManieth) {
        long anomalies = place / everySoManieth;
        return place % everySoManieth == everySoManieth - 1
                ? anomalous.get((int) (anomalies * STRIDE % anomalous.size()))
                : normal.get((int) ((place - anomalies) % normal.size()));
    }

    /** Attacks come in long runs of the same kind. */
    private static final long STRIDE = 7_919;

    double meanBytes() {
        return normal.stream().mapToInt(record -> record.length).average().orElseThrow();
    }
}

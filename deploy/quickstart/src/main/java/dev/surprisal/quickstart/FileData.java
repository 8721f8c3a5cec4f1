package dev.surprisal.quickstart;

import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.SpecFile;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.RecordReader;
import dev.surprisal.trainer.data.SpecDraft;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the user's: the first half of it, or of its normal records where there are labels, to train on; the rest to stream. */
final class FileData implements DemoData {

    private final RecordSpec spec;
    private final Path trainingFile;
    private final String label;
    private final String normal;
    private final long size;
    private final RecordReader reader;
    private long toSkip;

    private FileData(
            RecordSpec spec,
            Path trainingFile,
            String label,
            String normal,
            long size,
            RecordReader reader,
            long toSkip) {
        this.spec = spec;
        this.trainingFile = trainingFile;
        this.label = label;
        this.normal = normal;
        this.size = size;
        this.reader = reader;
        this.toSkip = toSkip;
    }

    /**
     * Splits a file.
     *
     * @param specFile null = draw one from the file
     * @param label the field that holds the truth, or null
     * @param normal what it says of normal records, or null
     */
    static FileData create(Path folder, Path file, Path specFile, String label, String normal) throws IOException {
        RecordSpec spec = specFile == null
                ? SpecFile.parse(SpecDraft.of(file, null, label, position -> {}).toYaml(), file + ", described")
                : SpecFile.read(specFile);
        if (label != null) {
            if (spec.fields().stream().noneMatch(field -> field.name().equals(label))) {
                throw new DataException(file + ": there is no field '" + label + "'");
            }
            spec = spec.ignoring(label);
        }
        long records = 0;
        long normals = 0;
        try (RecordReader reader = RecordReader.open(file, spec)) {
            while (reader.next()) {
                records++;
                normals += isNormal(reader, label, normal) ? 1 : 0;
            }
        }
        long training = normals / 2;
        if (training == 0) {
            throw new DataException(
                    file + ": there is no record whose '" + label + "' is '" + normal + "' to train on");
        }
        Path trainingFile = folder.resolve("training.jsonl");
        try (RecordReader reader = RecordReader.open(file, spec);
                BufferedWriter lines = Files.newBufferedWriter(trainingFile)) {
            for (long taken = 0; taken < training && reader.next(); ) {
                if (isNormal(reader, label, normal)) {
                    lines.write(reader.json());
                    lines.newLine();
                    taken++;
                }
            }
        }
        return new FileData(
                spec, trainingFile, label, normal, records - training, RecordReader.open(file, spec), training);
    }

    private static boolean isNormal(RecordReader reader, String label, String normal) {
        return label == null || reader.text(label).equals(normal);
    }

    @Override
    public RecordSpec spec() {
        return spec;
    }

    @Override
    public Path trainingFile() {
        return trainingFile;
    }

    @Override
    public String topic() {
        return spec.name();
    }

    @Override
    public String normal() {
        return label == null ? null : normal;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Streamed next() {
        while (reader.next()) {
            if (toSkip > 0 && isNormal(reader, label, normal)) {
                toSkip--;
                continue;
            }
            return new Streamed(null, reader.json(), label == null ? "" : reader.text(label));
        }
        return null;
    }

    @Override
    public boolean isEndless() {
        return false;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}

package dev.surprisal.trainer.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.surprisal.engine.Verdict;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.evaluation.FileScorer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** The CSV file of scores that `score` writes: there when it is whole, not before. */
final class ScoresFile implements FileScorer.Sink, Closeable {

    private static final List<String> BEFORE =
            List.of("score", "p_value", "anomaly", "elbo", "log_likelihood", "reconstruction_log_probability");

    private final Path path;
    /** Null where the scores go to standard output. */
    private final WholeFile file;

    private final Writer text;
    private final CsvWriter csv;
    private final List<String> values = new ArrayList<>();
    private final List<String> keep;
    private final boolean[] found;
    private long scored;
    private long flagged;
    private long failed;

    private ScoresFile(Path path, WholeFile file, Writer text, List<String> keep) {
        this.path = path;
        this.file = file;
        this.text = text;
        this.keep = keep;
        found = new boolean[keep.size()];
        csv = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.LF)
                .bufferSize(1 << 16)
                .build(text);
        List<String> header = new ArrayList<>(BEFORE);
        header.addAll(keep);
        header.add("error");
        csv.writeRecord(header);
    }

    static ScoresFile create(Path path, List<String> keep, Writer standardOutput) throws IOException {
        for (String field : keep) {
            if (BEFORE.contains(field) || field.equals("error")) {
                throw new SurprisalException(
                        "the field '" + field + "' cannot be kept: a column of the scores has this name");
            }
        }
        if (path.toString().equals("-")) {
            return new ScoresFile(path, null, standardOutput, keep);
        }
        WholeFile file = WholeFile.at(path);
        OutputStream bytes =
                path.toString().endsWith(".gz") ? new GZIPOutputStream(file.stream(), 1 << 16) : file.stream();
        return new ScoresFile(path, file, new OutputStreamWriter(bytes, StandardCharsets.UTF_8), keep);
    }

    @Override
    public void accept(FileScorer.Scored record) {
        values.clear();
        Verdict verdict = record.verdict();
        if (verdict == null) {
            failed++;
            for (int column = 0; column < BEFORE.size(); column++) {
                values.add("");
            }
        } else {
            scored++;
            flagged += verdict.anomaly() ? 1 : 0;
            values.add(Double.toString(verdict.score()));
            values.add(Double.toString(verdict.pValue()));
            values.add(Boolean.toString(verdict.anomaly()));
            values.add(Float.toString(verdict.elbo()));
            values.add(Float.toString(verdict.logLikelihood()));
            values.add(Float.toString(verdict.reconstructionLogProbability()));
        }
        for (int i = 0; i < found.length; i++) {
            String kept = record.kept().get(i);
            found[i] |= !kept.isEmpty();
            values.add(kept);
        }
        values.add(verdict == null ? record.error() : "");
        try {
            csv.writeRecord(values);
        } catch (UncheckedIOException e) {
            throw new SurprisalException(
                    path + ": cannot be written: " + e.getCause().getMessage(), e);
        }
    }

    /** The kept fields that no record had a value of: misspelt, perhaps. */
    List<String> absent() {
        List<String> absent = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                absent.add(keep.get(i));
            }
        }
        return absent;
    }

    long scored() {
        return scored;
    }

    long flagged() {
        return flagged;
    }

    long failed() {
        return failed;
    }

    void complete() {
        try {
            if (file == null) {
                csv.flush();
                text.flush();
            } else {
                csv.close();
                file.complete();
            }
        } catch (IOException e) {
            throw new SurprisalException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}

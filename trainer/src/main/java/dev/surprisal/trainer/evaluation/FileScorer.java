package dev.surprisal.trainer.evaluation;

import dev.surprisal.engine.AlarmMemory;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.AlarmBudget;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.RecordReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Scores the records of a file in their order, with the engine of the online scorer. */
public final class FileScorer {

    private final ScoringModel model;
    private final Judge judge;
    /** Null where the rule does not look back. */
    private final AlarmMemory memory;

    /** @throws SurprisalException if the rule needs to know when records come, which a file does not tell */
    public FileScorer(ScoringModel model, Judge judge) {
        this.model = model;
        this.judge = judge;
        if (judge.rule() instanceof AlarmBudget) {
            throw new SurprisalException(
                    "'" + judge.rule()
                            + "' is a rate once it is known how many records come in that time, which a file does not tell; give a rate such as 1/1000");
        }
        memory = judge.rule().looksBack() ? AlarmMemory.of(judge.rule(), 1) : null;
    }

    /**
     * A record of the file.
     *
     * @param verdict null if it could not be scored
     * @param error why it could not be scored; null if it was
     * @param kept the text of the fields that were asked for
     */
    public record Scored(Verdict verdict, String error, List<String> kept) {}

    /** Takes the records one by one. */
    public interface Sink {
        void accept(Scored record) throws IOException;
    }

    /** Hears how many bytes of the file have been read. */
    public interface Position {
        void at(long bytes);
    }

    /**
     * Scores a file.
     *
     * @param keep fields whose text to keep; the model's spec need not name them
     * @throws DataException if the file cannot be read; single records that cannot be scored do not stop it
     */
    public void score(Path data, List<String> keep, Sink sink, Position position) throws IOException {
        RecordEncoder encoder = model.card().newEncoder();
        EncodedRow row = encoder.newRow();
        List<Scored> waiting = new ArrayList<>();
        try (RecordReader reader = RecordReader.open(data, model.card().spec(), keep);
                RowBatch batch = model.newBatch()) {
            while (reader.next()) {
                List<String> kept = texts(reader, keep);
                String error = null;
                try {
                    reader.encode(encoder, row);
                    batch.add(row);
                } catch (RecordException e) {
                    error = e.getMessage();
                }
                waiting.add(new Scored(null, error, kept));
                if (batch.isFull() || waiting.size() == 16 * RowBatch.CAPACITY) {
                    flush(batch, waiting, sink);
                    position.at(reader.position());
                }
            }
            flush(batch, waiting, sink);
        }
    }

    /** Of a record that is not of the file's format nothing can be kept; why, encoding says. */
    private static List<String> texts(RecordReader reader, List<String> fields) {
        try {
            return fields.stream().map(reader::text).toList();
        } catch (RecordException e) {
            return Collections.nCopies(fields.size(), "");
        }
    }

    private void flush(RowBatch batch, List<Scored> waiting, Sink sink) throws IOException {
        batch.score();
        int row = 0;
        for (Scored record : waiting) {
            sink.accept(record.error == null ? judge(batch, row++, record) : record);
        }
        waiting.clear();
        batch.clear();
    }

    private Verdict decided(Verdict verdict) {
        return memory == null ? verdict : memory.decide(verdict, 0);
    }

    private Scored judge(RowBatch batch, int row, Scored record) {
        try {
            return new Scored(decided(judge.verdict(batch, row)), null, record.kept);
        } catch (RecordException e) {
            return new Scored(null, e.getMessage(), record.kept);
        }
    }
}

package dev.surprisal.scorer.stream;

import dev.surprisal.engine.RowScorer;
import dev.surprisal.engine.Screen;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.format.RegistryException;
import dev.surprisal.scorer.model.ServedModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Scores the bytes of records, as many as there are in one go. Of one thread. */
final class RecordScorer implements AutoCloseable {

    private final ServedModel model;
    private final int maxRecordBytes;
    private final UnaryOperator<byte[]> json;
    private final JsonRecordParser parser;
    private final EncodedRow row;
    private final RowScorer rows;
    /** Null where nobody looks at what comes. */
    private final RowSampler sampler;

    private RowSample sample;
    private long parsed;

    /**
     * @param model held already, for this to let go of
     * @param full whether every record is scored in full
     */
    RecordScorer(ServedModel model, int maxRecordBytes, boolean full) {
        this(model, maxRecordBytes, UnaryOperator.identity(), full, true, 0);
    }

    /**
     * @param json makes JSON of a record
     * @param reasons whether flags have them
     * @param every of how many rows one is drawn; 0 = none is
     */
    RecordScorer(
            ServedModel model,
            int maxRecordBytes,
            UnaryOperator<byte[]> json,
            boolean full,
            boolean reasons,
            int every) {
        this.model = model;
        this.maxRecordBytes = maxRecordBytes;
        this.json = json;
        RecordEncoder encoder = model.card().newEncoder();
        parser = new JsonRecordParser(model.card().spec(), encoder);
        row = encoder.newRow();
        Screen screen =
                full ? null : Screen.of(model.card(), model.judge().level()).orElse(null);
        rows = model.newScorer(screen, reasons);
        sampler = every > 0 ? new RowSampler(model.card(), screen, every) : null;
    }

    ServedModel model() {
        return model;
    }

    /**
     * The outcomes of records, in their order; null where the model failed on several together, which says nothing of any one record.
     *
     * @throws RegistryException if there are records that cannot be read as long as the registry does not answer
     */
    List<Outcome> score(List<byte[]> records) {
        List<Outcome> outcomes = new ArrayList<>(records.size());
        try {
            for (byte[] record : records) {
                outcomes.add(add(record));
            }
            parsed = System.nanoTime();
            RuntimeException failure = run();
            sample = sampler == null || failure != null ? null : sampler.take(rows);
            int at = 0;
            for (int i = 0; i < outcomes.size(); i++) {
                if (outcomes.get(i) == null) {
                    outcomes.set(i, failure == null ? verdict(at++) : blame(failure));
                }
            }
            return outcomes;
        } finally {
            rows.clear();
            if (sampler != null) {
                sampler.clear();
            }
        }
    }

    /** What was drawn from the records that were scored last; null where nothing is, or the model failed. */
    RowSample sample() {
        return sample;
    }

    /** When the records that were scored last had been parsed and encoded, by {@link System#nanoTime()}. */
    long parsed() {
        return parsed;
    }

    Outcome score(byte[] record) {
        return score(Collections.singletonList(record)).get(0);
    }

    /** Null of a record whose row waits to be scored. */
    private Outcome add(byte[] record) {
        try {
            if (record != null && record.length > maxRecordBytes) {
                throw new RecordException(
                        Step.PARSE,
                        String.format(
                                Locale.ROOT,
                                "the record has %d bytes, and max-record-bytes is %d",
                                record.length,
                                maxRecordBytes));
            }
            parser.parse(json.apply(record), row);
        } catch (RegistryException e) {
            // It says nothing of the record.
            throw e;
        } catch (RecordException e) {
            return Outcome.Refused.of(e);
        } catch (RuntimeException e) {
            return Outcome.Refused.of(e);
        }
        rows.add(row);
        if (sampler != null) {
            sampler.offer(row, rows.size() - 1);
        }
        return null;
    }

    /** Scores the rows; what the model throws becomes the reason of a record that is alone. */
    private RuntimeException run() {
        try {
            rows.score();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private Outcome blame(RuntimeException failure) {
        return rows.size() == 1 ? Outcome.Refused.of(failure) : null;
    }

    private Outcome verdict(int at) {
        try {
            return new Outcome.Scored(rows.verdict(at));
        } catch (RecordException e) {
            return Outcome.Refused.of(e);
        }
    }

    @Override
    public void close() {
        rows.close();
        model.release();
    }
}

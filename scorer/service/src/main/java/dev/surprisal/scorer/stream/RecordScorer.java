package dev.surprisal.scorer.stream;

import dev.surprisal.engine.BatchJudge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordException.Step;
import dev.surprisal.scorer.model.ServedModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Scores the bytes of records, a batch in one call of the model. Of one thread. */
final class RecordScorer implements AutoCloseable {

    private final ServedModel model;
    private final BatchJudge judge;
    private final int maxRecordBytes;
    private final JsonRecordParser parser;
    private final EncodedRow row;
    private final RowBatch batch;
    /** The outcomes of records whose rows are in the batch, null until it is scored; of the others, why they are not. */
    private final List<Outcome> waiting = new ArrayList<>();

    /** @param model held already, for this to let go of */
    RecordScorer(ServedModel model, int maxRecordBytes) {
        this.model = model;
        judge = model.newBatchJudge();
        this.maxRecordBytes = maxRecordBytes;
        RecordEncoder encoder = model.card().newEncoder();
        parser = new JsonRecordParser(model.card().spec(), encoder);
        row = encoder.newRow();
        batch = model.newBatch();
    }

    ServedModel model() {
        return model;
    }

    /** The outcomes of records, in their order; null where the model failed on a whole batch, which says nothing of any one record. */
    List<Outcome> score(List<byte[]> records) {
        List<Outcome> outcomes = new ArrayList<>(records.size());
        for (byte[] record : records) {
            waiting.add(add(record));
            if (batch.isFull()) {
                flush(outcomes);
            }
        }
        flush(outcomes);
        return outcomes;
    }

    Outcome score(byte[] record) {
        return score(Collections.singletonList(record)).get(0);
    }

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
            parser.parse(record, row);
            batch.add(row);
            return null;
        } catch (RecordException e) {
            return Outcome.Refused.of(e);
        } catch (RuntimeException e) {
            return Outcome.Refused.of(e);
        }
    }

    private void flush(List<Outcome> outcomes) {
        try {
            RuntimeException failure = run();
            int at = 0;
            for (Outcome refused : waiting) {
                if (refused != null) {
                    outcomes.add(refused);
                } else {
                    outcomes.add(failure == null ? judge(at++) : blame(failure));
                }
            }
        } finally {
            waiting.clear();
            batch.clear();
        }
    }

    /** Scores the batch; what the model throws becomes the reason of its records. */
    private RuntimeException run() {
        try {
            batch.score();
            judge.judge(batch);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private Outcome blame(RuntimeException failure) {
        return batch.size() == 1 ? Outcome.Refused.of(failure) : null;
    }

    private Outcome judge(int at) {
        try {
            return new Outcome.Scored(judge.verdict(at));
        } catch (RecordException e) {
            return Outcome.Refused.of(e);
        } catch (RuntimeException e) {
            return Outcome.Refused.of(e);
        }
    }

    @Override
    public void close() {
        judge.close();
        batch.close();
        model.release();
    }
}

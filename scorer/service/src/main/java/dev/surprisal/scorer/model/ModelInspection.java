package dev.surprisal.scorer.model;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import java.util.Arrays;
import java.util.List;

/** What a model must pass before it may score: signature, format, name, and a trial. */
public final class ModelInspection {

    private static final int MISSING = -1;

    private final Ed25519 key;

    /** @param key whose owner must have signed the model; null where anybody's is taken */
    public ModelInspection(Ed25519 key) {
        this.key = key;
    }

    /**
     * Opens a model that passes.
     *
     * @param name what it must be called; null for any name
     * @param signature null where there is none
     * @param source names it in errors
     * @param recent records that the model before could score; this one must be able to score at least one of them
     * @throws ModelException if it does not pass, saying why
     */
    public ScoringModel open(byte[] onnx, String name, byte[] signature, String source, List<byte[]> recent) {
        if (key != null) {
            if (signature == null) {
                throw new ModelException(
                        source + ": it is not signed, and only models signed with the configured key are taken");
            }
            if (!key.verifies(onnx, signature)) {
                throw new ModelException(source + ": its signature is not by the configured key");
            }
        }
        ScoringModel model = ScoringModel.open(onnx, source);
        try {
            if (name != null && !name.equals(model.card().name())) {
                throw new ModelException(
                        source + ": it is a model of '" + model.card().name() + "', not of '" + name + "'");
            }
            tryOut(model, source, recent);
            return model;
        } catch (RuntimeException e) {
            model.close();
            throw e instanceof ModelException
                    ? e
                    : new ModelException(source + ": it fails on a trial: " + e.getMessage(), e);
        }
    }

    private static void tryOut(ScoringModel model, String source, List<byte[]> recent) {
        ModelCard card = model.card();
        RecordEncoder encoder = card.newEncoder();
        EncodedRow row = encoder.newRow();
        Arrays.fill(row.numbers(), Float.NaN);
        Arrays.fill(row.categories(), MISSING);
        try (RowBatch batch = model.newBatch()) {
            batch.add(row);
            batch.score();
            float score = batch.output(card.score(), 0);
            if (!Float.isFinite(score)) {
                throw new ModelException(
                        source + ": it fails on a trial: the score of a record without values is " + score);
            }
        }
        JsonRecordParser parser = new JsonRecordParser(card.spec(), encoder);
        RecordException last = null;
        for (byte[] record : recent) {
            try {
                parser.parse(record, row);
                return;
            } catch (RecordException e) {
                last = e;
            }
        }
        if (last != null) {
            throw new ModelException(
                    source + ": none of the last " + recent.size()
                            + " records that could be scored until now fits its record spec: " + last.getMessage(),
                    last);
        }
    }
}

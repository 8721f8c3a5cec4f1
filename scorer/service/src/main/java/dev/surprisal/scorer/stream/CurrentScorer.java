package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.model.ModelSwitch.Serving;
import dev.surprisal.scorer.model.ServedModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Scores records with the models that are served at the time: asked once for all records of a call, so that none of them sees another model than its neighbour. Of one
 * thread.
 *
 * <p>It holds the models that it scored with last, until it scores with others; a thread without records keeps at most one replaced model open.
 */
final class CurrentScorer implements AutoCloseable {

    private final ModelSwitch models;
    private final int maxRecordBytes;
    private final UnaryOperator<byte[]> json;
    private final boolean full;
    private final int every;
    private final Positions positions = new Positions();
    private RecordScorer main;
    private RecordScorer shadow;
    private long parsed;

    /**
     * Of records in JSON.
     *
     * @param full whether every record is scored in full
     */
    CurrentScorer(ModelSwitch models, int maxRecordBytes, boolean full) {
        this(models, maxRecordBytes, UnaryOperator.identity(), full, 0);
    }

    /**
     * @param json makes JSON of a record
     * @param full whether every record is scored in full
     * @param every of how many rows one is drawn, for who looks at what comes; 0 = none is
     */
    CurrentScorer(ModelSwitch models, int maxRecordBytes, UnaryOperator<byte[]> json, boolean full, int every) {
        this.models = models;
        this.maxRecordBytes = maxRecordBytes;
        this.json = json;
        this.full = full;
        this.every = every;
    }

    /** Whether these records follow on those before, or come with partitions from another instance, which may have scored with a newer model; then that is fetched. */
    void arrive(ConsumerRecords<?, ?> polled) {
        if (!positions.goesOn(polled)) {
            models.refresh();
        }
    }

    /** What becomes of records, in their order. */
    List<ScoredRecord> score(List<byte[]> records) {
        takeCurrent();
        List<Outcome> outcomes = main.score(records);
        parsed = main.parsed();
        List<Outcome> shadows = shadow == null ? null : shadow.score(records);
        List<ScoredRecord> scored = new ArrayList<>(records.size());
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i) == null ? main.score(records.get(i)) : outcomes.get(i);
            scored.add(new ScoredRecord(
                    main.model(),
                    outcome,
                    shadow == null ? null : shadow.model(),
                    shadows == null ? null : shadows.get(i)));
        }
        if (!records.isEmpty() && outcomes.get(0) instanceof Outcome.Scored) {
            models.recent().add(json.apply(records.get(0)));
        }
        return scored;
    }

    /** What was drawn from the records that were scored last; null where nothing is. */
    RowSample sample() {
        return main == null ? null : main.sample();
    }

    /** When the records that were scored last had been parsed, by {@link System#nanoTime()}. */
    long parsed() {
        return parsed;
    }

    ScoredRecord score(byte[] record) {
        return score(Collections.singletonList(record)).get(0);
    }

    private void takeCurrent() {
        while (true) {
            Serving serving = models.serving();
            if (serving.model() == null) {
                throw new IllegalStateException("there is no model to score with");
            }
            if (takes(serving)) {
                return;
            }
        }
    }

    /** Where a model is replaced between the look at it and taking hold of it, there is a newer one to look at. */
    private boolean takes(Serving serving) {
        if (main == null || main.model() != serving.model()) {
            RecordScorer next = scorer(serving.model(), true);
            if (next == null) {
                return false;
            }
            close(main);
            main = next;
        }
        if ((shadow == null ? null : shadow.model()) != serving.shadow()) {
            RecordScorer next = serving.shadow() == null ? null : scorer(serving.shadow(), false);
            if (next == null && serving.shadow() != null) {
                return false;
            }
            close(shadow);
            shadow = next;
        }
        return true;
    }

    /** @param first not of a shadow, which publishes scores only: no reasons, and nothing is drawn */
    private RecordScorer scorer(ServedModel model, boolean first) {
        return model.retain() ? new RecordScorer(model, maxRecordBytes, json, full, first, first ? every : 0) : null;
    }

    private static void close(RecordScorer scorer) {
        if (scorer != null) {
            scorer.close();
        }
    }

    @Override
    public void close() {
        close(main);
        close(shadow);
        main = null;
        shadow = null;
    }
}

package dev.surprisal.scorer.model;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import java.util.Optional;

/** Which model of a pipeline scores, and which one beside it without flagging, its shadow. Threads ask once a poll. */
public final class ModelSwitch implements AutoCloseable {

    private static final Serving NOTHING = new Serving(null, null);

    private final RecentRecords recent = new RecentRecords();
    private AlarmRule alarmRule;
    private volatile Serving serving = NOTHING;
    private volatile String trouble;
    private volatile Runnable refresh = () -> {};

    /**
     * The models at one moment.
     *
     * @param model scores and flags; null until there is one
     * @param shadow scores only; null where there is none
     */
    public record Serving(ServedModel model, ServedModel shadow) {}

    /** @param alarmRule null = each model's own alarm rate */
    public ModelSwitch(AlarmRule alarmRule) {
        this.alarmRule = alarmRule;
    }

    /**
     * Flags by another rule from the next poll on.
     *
     * @param other null = each model's own alarm rate
     */
    public synchronized void flagBy(AlarmRule other) {
        Serving old = serving;
        alarmRule = other;
        serving = new Serving(withRule(old.model), withRule(old.shadow));
        release(old.model);
        release(old.shadow);
    }

    private ServedModel withRule(ServedModel model) {
        return model == null ? null : model.withRule(alarmRule);
    }

    /** The models now. To score with one, {@linkplain ServedModel#retain hold} it; where that fails, it has just been replaced: ask again. */
    public Serving serving() {
        return serving;
    }

    /** The model that scores; empty until there is one. */
    public Optional<ModelCard> current() {
        return Optional.ofNullable(serving.model).map(ServedModel::card);
    }

    /** The model that scores without flagging. */
    public Optional<ModelCard> shadow() {
        return Optional.ofNullable(serving.shadow).map(ServedModel::card);
    }

    /** Some of the last records that were scored, for a new model to be tried on. */
    public RecentRecords recent() {
        return recent;
    }

    /** Why there is no model, or no newer one; null where nothing is wrong. */
    public String trouble() {
        return trouble;
    }

    /** Says what is wrong with the place where models come from; null for nothing. */
    public void tellTrouble(String what) {
        trouble = what;
    }

    /** Makes sure that no other instance has scored with a newer model than this will: for who takes over partitions from it. Takes some seconds at most. */
    public void refresh() {
        refresh.run();
    }

    /** @param how looks for a newer model, and waits until it is served */
    void refreshBy(Runnable how) {
        refresh = how;
    }

    /** Scores with another model from the next poll on; this closes it. */
    public synchronized void serve(ScoringModel model) {
        ServedModel old = serving.model;
        serving = new Serving(new ServedModel(model, alarmRule), serving.shadow);
        release(old);
    }

    /**
     * Lets another model score without flagging from the next poll on.
     *
     * @param model closed by this; null for none
     */
    public synchronized void shadow(ScoringModel model) {
        ServedModel old = serving.shadow;
        serving = new Serving(serving.model, model == null ? null : new ServedModel(model, alarmRule));
        release(old);
    }

    /** Lets go of all models; for when nothing scores any more, or soon. */
    @Override
    public synchronized void close() {
        Serving last = serving;
        serving = NOTHING;
        release(last.model);
        release(last.shadow);
    }

    private static void release(ServedModel model) {
        if (model != null) {
            model.release();
        }
    }
}

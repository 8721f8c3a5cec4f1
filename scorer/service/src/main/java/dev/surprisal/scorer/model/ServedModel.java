package dev.surprisal.scorer.model;

import dev.surprisal.engine.InferenceTime;
import dev.surprisal.engine.Judge;
import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.RowScorer;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.engine.Screen;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelPlots;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A model with the judge of its scores. Its session is closed when everybody who scores with it has let go of it; card and judge remain.
 *
 * <p>Whoever made it holds it first.
 */
public final class ServedModel {

    private final ScoringModel model;
    private final Judge judge;
    private final AtomicInteger holders;

    /** @param alarmRule null = the model's own alarm rate */
    public ServedModel(ScoringModel model, AlarmRule alarmRule) {
        this(model, alarmRule, new AtomicInteger(1));
    }

    private ServedModel(ScoringModel model, AlarmRule alarmRule, AtomicInteger holders) {
        this.model = model;
        judge = Judge.of(model.card(), alarmRule);
        this.holders = holders;
    }

    /** The same model, held once more, with another judge of its scores; only for holders. */
    ServedModel withRule(AlarmRule alarmRule) {
        ServedModel other = new ServedModel(model, alarmRule, holders);
        holders.incrementAndGet();
        return other;
    }

    public ModelCard card() {
        return model.card();
    }

    /** What there is to draw of it. */
    public ModelPlots plots() {
        return model.plots();
    }

    /** What its sessions have done, for all that hold it. */
    public InferenceTime inference() {
        return model.inference();
    }

    /** An empty batch of its rows; only for holders, who close it before they let go. */
    public RowBatch newBatch() {
        return model.newBatch();
    }

    public Judge judge() {
        return judge;
    }

    /**
     * A scorer of its rows; only for holders, who close it before they let go.
     *
     * @param screen of this model; null = all rows are scored in full
     * @param reasons whether flags have them
     */
    public RowScorer newScorer(Screen screen, boolean reasons) {
        return reasons ? model.newScorer(judge, screen) : model.newScorerWithoutReasons(judge, screen);
    }

    /**
     * Holds the model, until {@link #release}.
     *
     * @return false where its session is closed already
     */
    public boolean retain() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Lets go of the model; the last to do so closes its session. */
    public void release() {
        if (holders.decrementAndGet() == 0) {
            model.close();
        }
    }
}

package dev.surprisal.scorer.ops;

import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ModelListener;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What became of the models that were offered to a pipeline, as counts. */
final class ModelChanges implements ModelListener {

    /** What may become of a model. */
    enum Result {
        /** It scores. */
        SERVED,
        /** It scores beside the one that does. */
        SHADOWED,
        /** It no longer scores beside it. */
        UNSHADOWED,
        /** It is not used, and what was goes on. */
        REFUSED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

    ModelChanges() {
        for (Result result : Result.values()) {
            counts.put(result, new LongAdder());
        }
    }

    @Override
    public void served(ModelCard card, String source) {
        counts.get(Result.SERVED).increment();
    }

    @Override
    public void shadowed(ModelCard card, String source) {
        counts.get(Result.SHADOWED).increment();
    }

    @Override
    public void unshadowed() {
        counts.get(Result.UNSHADOWED).increment();
    }

    @Override
    public void refused(String source, String reason) {
        counts.get(Result.REFUSED).increment();
    }

    long count(Result result) {
        return counts.get(result).sum();
    }
}

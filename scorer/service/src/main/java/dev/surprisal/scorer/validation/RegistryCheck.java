package dev.surprisal.scorer.validation;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.stream.Pipeline;
import java.util.function.Consumer;

/** Whether the schema registry answers, where there is one, and lets this client in. */
final class RegistryCheck {

    private final Pipeline pipeline;
    private final Consumer<Finding> found;

    RegistryCheck(Pipeline pipeline, Consumer<Finding> found) {
        this.pipeline = pipeline;
        this.found = found;
    }

    void check() {
        try {
            if (pipeline.newFormats().ask()) {
                found.accept(Finding.ok(pipeline.name(), "the schema registry answers"));
            }
        } catch (SurprisalException e) {
            found.accept(Finding.failed(pipeline.name(), e.getMessage()));
        }
    }
}

package dev.surprisal.scorer.api;

import dev.surprisal.scorer.ops.PipelineInstances;
import io.micronaut.core.annotation.Introspected;
import java.util.List;

/**
 * Which instances have a part in some figures.
 *
 * @param contributed how many
 * @param silent the names of those that have none, because they have said nothing for 15 s
 */
@Introspected
record PartView(int contributed, List<String> silent) {
    static PartView of(PipelineInstances.Part part) {
        return new PartView(part.contributed(), part.silent());
    }
}

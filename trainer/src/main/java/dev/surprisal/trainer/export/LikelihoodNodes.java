package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/**
 * What a likelihood contributes to the graph, for its columns and all L latent samples.
 *
 * @param logProbability [L, N, columns] log p(x | z), nats; 0 where missing
 * @param expected [N, columns] of numbers: in the field's own unit; of a category [N]: the most probable code, int64
 * @param scale [N, columns] of numbers: the deviation around it; null of a category
 */
record LikelihoodNodes(Value logProbability, Value expected, Value scale) {}

package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/**
 * What a likelihood contributes to the graph, for its columns: log p(x | z) = sampled + constant, and what was to be expected.
 *
 * @param sampled [L, N, columns] the part of log p(x | z) that depends on z, nats; 0 where missing
 * @param constant [N, columns] the part that does not; 0 where missing
 * @param expected [N, columns] of numbers: in the field's own unit; of categories: the most probable codes, int64
 * @param scale [N, columns] of numbers: the deviation around it; null of categories
 */
record LikelihoodNodes(Value sampled, Value constant, Value expected, Value scale) {}

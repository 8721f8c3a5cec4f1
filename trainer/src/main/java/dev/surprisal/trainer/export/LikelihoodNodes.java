package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;

/**
 * What a likelihood contributes to the graph, for its columns: log p(x | z) = sampled + constant, and what each sample predicts.
 *
 * @param sampled [L, N, columns] the part of log p(x | z) that depends on z, nats; 0 where missing
 * @param constant [N, columns] the part that does not; 0 where missing
 * @param predicted of scaled numbers: the means [L, N, columns], standardised; of counts: the means [L, N, columns] in the fields' own units; of booleans: the probability of 1 [L, N, columns]; of categories: the probabilities of the known values
 *     [L, N, columns, width]
 * @param variance of scaled numbers: [columns] of the likelihood around its mean, standardised; of counts: [columns] of s^2 in m + s^2 m^2; otherwise empty, also where it depends on z
 */
record LikelihoodNodes(Value sampled, Value constant, Value predicted, double[] variance) {}

/** Whether what comes is still like the training data: fields by the population stability index, scores by betting against the uniformity of their p-values. */
package dev.surprisal.scorer.drift;

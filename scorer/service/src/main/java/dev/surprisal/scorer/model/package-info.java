/** Where a pipeline's models come from, and which of them scores. */
package dev.surprisal.scorer.model;

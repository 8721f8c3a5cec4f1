/** What operators ask the scorer: is it alive, is it ready. */
package dev.surprisal.scorer.ops;

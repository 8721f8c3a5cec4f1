/** Scores of held-out records, by the engine that will serve, as thresholds and p-values. */
package dev.surprisal.trainer.calibration;

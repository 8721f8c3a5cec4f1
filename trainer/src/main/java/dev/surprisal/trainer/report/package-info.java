/** One self-contained HTML page a training run. */
package dev.surprisal.trainer.report;

/** How well scores tell records apart whose labels are known. */
package dev.surprisal.trainer.evaluation;

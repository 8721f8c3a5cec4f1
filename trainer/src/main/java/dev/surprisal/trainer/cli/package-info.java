/** The commands of the offline half. */
package dev.surprisal.trainer.cli;

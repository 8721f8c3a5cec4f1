/** The commands of the online half. */
package dev.surprisal.scorer.cli;

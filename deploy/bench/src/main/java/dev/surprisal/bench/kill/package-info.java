/** Kills processes and swaps models while records are scored, and counts what became of every record. */
package dev.surprisal.bench.kill;

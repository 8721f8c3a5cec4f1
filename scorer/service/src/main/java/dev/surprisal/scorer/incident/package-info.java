/** Flags of one key for one cause that are close in time, as incidents. */
package dev.surprisal.scorer.incident;

/** A model file and a batch of rows in, scores and verdicts out. */
package dev.surprisal.engine;

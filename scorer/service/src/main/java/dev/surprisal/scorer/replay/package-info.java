/** Records sent through again: dead letters, or a range of any topic. */
package dev.surprisal.scorer.replay;

/**
 * What the instances of a pipeline tell one another about themselves, so that whichever is asked can answer for all.
 *
 * <p>Every instance writes a small summary to one topic every two seconds, and follows what the others write. There is no HTTP among instances: nothing has to be found, let in by a network policy,
 * or logged in to, and nothing waits for an instance that is slow; whoever may use the pipeline's topics may do this, too. Interactive queries would need all of that, and stores in which figures
 * that are now counted in memory would be kept a record at a time. Nothing is kept for long: who has written nothing for fifteen seconds is silent, and no longer counted in.
 */
package dev.surprisal.scorer.instance;

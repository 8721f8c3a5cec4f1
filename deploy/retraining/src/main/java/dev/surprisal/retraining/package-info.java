/** Retraining: a window of a topic, a challenger trained on it, and the gate that it has to pass before it is published. */
package dev.surprisal.retraining;

/**
 * The variational autoencoder: its likelihoods, prior and bound, the gradients of all of them, and the loop that fits it.
 *
 * <p>The arithmetic is ND4J's, driven directly: every array is in c-order and allocated once, and each gradient is written out by hand. An
 * autoencoder that is built from ready-made layers spends most of its time between operations at the sizes that fit records.
 */
package dev.surprisal.trainer.vae;

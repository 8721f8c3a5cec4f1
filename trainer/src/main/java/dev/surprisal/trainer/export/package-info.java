/** A trained autoencoder as an ONNX graph that scores records. */
package dev.surprisal.trainer.export;

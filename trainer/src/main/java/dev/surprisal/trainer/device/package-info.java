/** What a model is fitted on: the CPU, or a GPU that the build has code for. Knows nothing of ND4J. */
package dev.surprisal.trainer.device;

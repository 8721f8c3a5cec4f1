/** Missing values of records, filled in with what a model expects. */
package dev.surprisal.trainer.imputation;

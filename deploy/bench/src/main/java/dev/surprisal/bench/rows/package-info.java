/** Records in any number, to train on. */
package dev.surprisal.bench.rows;

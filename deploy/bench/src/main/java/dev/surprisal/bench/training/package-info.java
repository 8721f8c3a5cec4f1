/** How fast networks are trained. */
package dev.surprisal.bench.training;

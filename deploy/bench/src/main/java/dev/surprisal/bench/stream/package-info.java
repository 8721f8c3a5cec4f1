/** How fast records are scored on a stream. */
package dev.surprisal.bench.stream;

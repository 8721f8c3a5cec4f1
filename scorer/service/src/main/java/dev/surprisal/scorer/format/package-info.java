/** How records and events are written on topics: JSON, or Avro with a schema registry; the only user of registries. */
package dev.surprisal.scorer.format;

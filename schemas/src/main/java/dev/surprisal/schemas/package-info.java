/** What trainer, scorer and consumers agree on: records, models, events. */
package dev.surprisal.schemas;

/** The way of a record through Kafka Streams: scored at poll, a batch at a time; one score or one dead letter each. */
package dev.surprisal.scorer.stream;

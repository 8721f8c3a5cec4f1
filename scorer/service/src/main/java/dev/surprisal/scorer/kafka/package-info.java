/** What all that talk to Kafka do alike. */
package dev.surprisal.scorer.kafka;

/** Traces of records for OpenTelemetry, whose only user this is. */
package dev.surprisal.scorer.tracing;

/** What is written to topics: scores, anomalies, dead letters, and where. */
package dev.surprisal.schemas.event;

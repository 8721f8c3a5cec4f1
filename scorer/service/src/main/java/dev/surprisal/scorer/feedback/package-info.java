/** What people say of scored records: labels on their topic, and the records that they are of, read back. */
package dev.surprisal.scorer.feedback;

/** The HTTP API below {@code /api/v1}, and the pages that use it. */
package dev.surprisal.scorer.api;

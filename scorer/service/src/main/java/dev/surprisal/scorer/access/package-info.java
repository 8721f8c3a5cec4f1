/** Who may use the HTTP API and the dashboard, for what, and how often. */
package dev.surprisal.scorer.access;

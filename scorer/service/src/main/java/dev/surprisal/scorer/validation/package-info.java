/** Whether a configuration would work, found out without changing anything. */
package dev.surprisal.scorer.validation;

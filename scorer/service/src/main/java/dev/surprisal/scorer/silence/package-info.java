/** Keys of records that fall silent against their own habit. */
package dev.surprisal.scorer.silence;

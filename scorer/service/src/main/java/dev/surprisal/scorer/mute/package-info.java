/** Rules by which flags are muted, and the topic that they travel on. */
package dev.surprisal.scorer.mute;

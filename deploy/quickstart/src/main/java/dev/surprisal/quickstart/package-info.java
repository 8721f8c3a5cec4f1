/** The whole of it in one process, to look at: an embedded broker, simulated payments, the real trainer and the real scorer. */
package dev.surprisal.quickstart;

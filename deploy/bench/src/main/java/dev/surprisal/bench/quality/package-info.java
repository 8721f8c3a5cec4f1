/** How well anomalies are told from normal records, on labelled tables. */
package dev.surprisal.bench.quality;

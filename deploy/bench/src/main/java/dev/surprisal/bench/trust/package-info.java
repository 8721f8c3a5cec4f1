/** Whether flags can be believed: false alarms at the set rate, the right field named, the right value expected. */
package dev.surprisal.bench.trust;

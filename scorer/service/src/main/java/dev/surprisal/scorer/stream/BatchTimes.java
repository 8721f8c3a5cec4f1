package dev.surprisal.scorer.stream;

/**
 * When a polled batch came through its steps, by {@link System#nanoTime()}, for who follows its records.
 *
 * @param polled when Kafka's consumer handed it over
 * @param begun when its first record was parsed
 * @param parsed when all were parsed and encoded
 * @param scored when all had been scored, also by the shadow
 * @param records how many it has
 */
public record BatchTimes(long polled, long begun, long parsed, long scored, int records) {}

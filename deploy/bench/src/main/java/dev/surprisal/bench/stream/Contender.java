package dev.surprisal.bench.stream;

import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.util.function.Function;

/**
 * A way from records to scores.
 *
 * @param letter stands for it in the table
 * @param name what it does
 * @param delivery what it promises
 * @param threads how many stream threads an instance has
 * @param instances how many there are
 * @param share of the records that it is measured on, of what the others are: the slow would take hours
 * @param start starts one instance
 */
record Contender(
        String letter,
        String name,
        Delivery delivery,
        int threads,
        int instances,
        double share,
        Function<Pipeline, AutoCloseable> start) {}

package dev.surprisal.trainer.data;

/**
 * A pseudo-random order of the numbers from 0 on, however many there are, in no memory: a Feistel network over twice as many bits as half of the numbers' (Luby and
 * Rackoff 1988), walked on from numbers that are too large until one is not (Black and Rogaway 2002).
 */
final class Permutation {

    private static final int ROUNDS = 6;

    private final long size;
    private final int halfBits;
    private final long mask;
    private final long[] keys = new long[ROUNDS];

    Permutation(long size, long seed) {
        this.size = size;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1));
        halfBits = (bits + 1) / 2;
        mask = (1L << halfBits) - 1;
        for (int round = 0; round < ROUNDS; round++) {
            keys[round] = Draw.mix(seed + round * 0x9E3779B97F4A7C15L);
        }
    }

    /** The number that stands at a place; every number stands at one. */
    long at(long place) {
        long number = place;
        do {
            number = encrypt(number);
        } while (number >= size);
        return number;
    }

    private long encrypt(long number) {
        long left = number >>> halfBits;
        long right = number & mask;
        for (long key : keys) {
            long next = left ^ (Draw.mix(right ^ key) & mask);
            left = right;
            right = next;
        }
        return left << halfBits | right;
    }
}

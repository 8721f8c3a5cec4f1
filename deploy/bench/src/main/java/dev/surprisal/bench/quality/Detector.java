package dev.surprisal.bench.quality;

import java.io.IOException;
import java.nio.file.Path;

/** A way to tell anomalies from normal records. */
interface Detector {

    /** Its name in tables and file names. */
    String name();

    /**
     * Learns from the training rows and scores those of the test.
     *
     * @param folder an empty one, for its files
     */
    Scores score(Protocol.Split split, long seed, Path folder) throws IOException;

    /**
     * What came of it.
     *
     * @param scores [test rows] the larger, the more anomalous
     * @param fitSeconds how long learning took
     */
    record Scores(double[] scores, double fitSeconds) {}
}

package dev.surprisal.quickstart;

import dev.surprisal.schemas.record.RecordSpec;
import java.io.Closeable;
import java.nio.file.Path;

/** Records for the demo: some to train on, in a file, and the rest to stream. */
interface DemoData extends Closeable {

    RecordSpec spec();

    /** JSON lines. */
    Path trainingFile();

    /** The topic to stream to. */
    String topic();

    /** The label of normal records; null where there are no labels. */
    String normal();

    /** How many records there are to stream before the table. */
    long size();

    /** The next record to stream; null at the end. */
    Streamed next();

    /** Whether there are more records after the table. */
    boolean isEndless();

    /**
     * A record to stream.
     *
     * @param key may be null
     * @param json the record
     * @param label the truth
     */
    record Streamed(String key, String json, String label) {}
}

package dev.surprisal.trainer.imputation;

import dev.surprisal.trainer.data.RecordReader;
import java.io.Flushable;
import java.io.IOException;
import java.util.List;

/** Writes records in the format that they were read in, with values in some of the empty places. */
interface CompletedRecords extends Flushable {

    /** A record as its file holds it, kept while the reader moves on. */
    Object keep(RecordReader reader);

    /**
     * Writes a record.
     *
     * @param kept what {@link #keep} gave for it
     */
    void write(Object kept, List<FilledField> filled) throws IOException;

    /** The name of what tells a field's scale. */
    static String scaleOf(String field) {
        return field + "_scale";
    }
}

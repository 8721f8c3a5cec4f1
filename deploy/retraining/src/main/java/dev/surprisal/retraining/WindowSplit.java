package dev.surprisal.retraining;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.scorer.feedback.RecordLines;
import dev.surprisal.scorer.feedback.RecordWindow;
import dev.surprisal.scorer.feedback.StoredRecord;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A window of records, split into those to train on, in a file, and those held out from it, on which champion and challenger are compared.
 *
 * <p>Which records are held out follows from the seed and their coordinates alone: the same ones in every window that has them, so that a champion that came from a window before has not seen them either.
 */
final class WindowSplit {

    private static final double HELD_OUT = 0.2;
    private static final int MOST_HELD_OUT = 20_000;
    private static final long MOST_HELD_OUT_BYTES = 64L << 20;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Set<RecordCoordinates> confirmed;
    private final long seed;
    private final double share;
    private final JsonRecordParser parser;
    private final EncodedRow row;
    private final List<byte[]> heldOut = new ArrayList<>();
    private long heldOutBytes;
    private long fitted;
    private long leftOut;
    private long unscored;

    private WindowSplit(ModelCard champion, Set<RecordCoordinates> confirmed, long seed, long span) {
        this.confirmed = confirmed;
        this.seed = seed;
        share = Math.min(HELD_OUT, (double) MOST_HELD_OUT / Math.max(1, span));
        RecordEncoder encoder = champion.newEncoder();
        row = encoder.newRow();
        parser = new JsonRecordParser(champion.spec(), encoder);
    }

    /**
     * Reads a window.
     *
     * @param champion whose spec the records have to fit
     * @param confirmed anomalies, which are neither trained on nor held out
     * @param file receives the records to train on, as JSON lines
     */
    static WindowSplit read(
            RecordWindow window, ModelCard champion, Set<RecordCoordinates> confirmed, long seed, Path file) {
        WindowSplit split = new WindowSplit(champion, confirmed, seed, window.span());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            window.read(record -> split.take(record, out));
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be written: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new SurprisalException(
                    file + ": cannot be written: " + e.getCause().getMessage(), e);
        }
        return split;
    }

    private void take(StoredRecord record, OutputStream out) {
        try {
            parser.parse(record.value(), row);
        } catch (RecordException e) {
            // A dead letter, which has been told of where it was scored.
            unscored++;
            return;
        }
        if (confirmed.contains(record.at())) {
            leftOut++;
        } else if (isHeldOut(record.at()) && heldOutBytes + record.value().length <= MOST_HELD_OUT_BYTES) {
            heldOut.add(record.value());
            heldOutBytes += record.value().length;
        } else {
            fitted++;
            write(RecordLines.of(record.at(), record.value()), out);
        }
    }

    private static void write(byte[] line, OutputStream out) {
        try {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isHeldOut(RecordCoordinates record) {
        long place = mix(mix(mix(seed) + GOLDEN * record.partition()) + GOLDEN * record.offset());
        return (place >>> 11) * 0x1p-53 < share;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long bits) {
        long mixed = bits;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    List<byte[]> heldOut() {
        return heldOut;
    }

    /** How many records are in the file. */
    long fitted() {
        return fitted;
    }

    /** How many confirmed anomalies were left out. */
    long leftOut() {
        return leftOut;
    }

    /** How many records do not fit the spec. */
    long unscored() {
        return unscored;
    }
}

package dev.surprisal.trainer;

import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.trainer.report.FitCurve;
import dev.surprisal.trainer.vae.FitState;
import dev.surprisal.trainer.vae.FitState.KeptParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The file beside a model to be that a training run goes on from after an interruption.
 *
 * <p>A magic number, the version of the format, where the run comes from, its state, and a CRC-32C of all that; big-endian.
 */
final class CheckpointFile {

    private static final long MAGIC = 0x5375727072436B70L;
    private static final int FORMAT = 2;
    private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    private final Path path;

    CheckpointFile(Path model) {
        path = model.resolveSibling(model.getFileName() + ".checkpoint");
    }

    /**
     * What a checkpoint belongs to.
     *
     * @param origin what decides every step of the fit, by name
     * @param members the states of an ensemble's members: those that are done, and the one at work
     * @param curve how their fits went
     */
    record Checkpoint(Map<String, String> origin, List<FitState> members, List<FitCurve.Course> curve) {}

    Path path() {
        return path;
    }

    /** Replaces the file as a whole. */
    void write(Checkpoint checkpoint) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(MAGIC);
            out.writeInt(FORMAT);
            out.writeInt(checkpoint.origin.size());
            for (Map.Entry<String, String> entry : checkpoint.origin.entrySet()) {
                writeText(out, entry.getKey());
                writeText(out, entry.getValue());
            }
            out.writeInt(checkpoint.members.size());
            for (FitState member : checkpoint.members) {
                write(out, member);
            }
            out.writeInt(checkpoint.curve.size());
            for (FitCurve.Course course : checkpoint.curve) {
                out.writeInt(course.stride());
                writePoints(out, course.fitted());
                writePoints(out, course.heldOut());
            }
            out.writeLong(checksum(bytes.toByteArray()));
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
        WholeFile.write(path, bytes.toByteArray());
    }

    /**
     * Reads the file.
     *
     * @return empty if there is none
     * @throws SurprisalException if it cannot be read, is damaged, or is none
     */
    Optional<Checkpoint> read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new SurprisalException(path + ": cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length < HEADER_BYTES + Long.BYTES || ByteBuffer.wrap(bytes).getLong() != MAGIC) {
            throw refused("is no checkpoint");
        }
        int format = ByteBuffer.wrap(bytes).getInt(Long.BYTES);
        if (format != FORMAT) {
            throw refused("has format " + format + ", and this version reads format " + FORMAT);
        }
        int end = bytes.length - Long.BYTES;
        if (ByteBuffer.wrap(bytes).getLong(end) != checksum(Arrays.copyOf(bytes, end))) {
            throw refused("is damaged");
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(bytes, HEADER_BYTES, end - HEADER_BYTES))) {
            return Optional.of(read(in));
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot be read", e);
        }
    }

    private static Checkpoint read(DataInputStream in) throws IOException {
        Map<String, String> origin = new TreeMap<>();
        int entries = in.readInt();
        for (int i = 0; i < entries; i++) {
            String name = readText(in);
            origin.put(name, readText(in));
        }
        List<FitState> members = new ArrayList<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            members.add(readState(in));
        }
        List<FitCurve.Course> curve = new ArrayList<>();
        int courses = in.readInt();
        for (int i = 0; i < courses; i++) {
            curve.add(new FitCurve.Course(in.readInt(), readPoints(in), readPoints(in)));
        }
        return new Checkpoint(origin, members, curve);
    }

    private static void write(DataOutputStream out, FitState state) throws IOException {
        out.writeInt(state.step());
        out.writeDouble(state.bound());
        out.writeLong(state.elapsed().toNanos());
        writeFloats(out, state.parameters());
        writeFloats(out, state.moments());
        out.writeBoolean(state.best() != null);
        if (state.best() != null) {
            out.writeDouble(state.best().bound());
            writeFloats(out, state.best().parameters());
        }
    }

    private static FitState readState(DataInputStream in) throws IOException {
        int step = in.readInt();
        double bound = in.readDouble();
        Duration elapsed = Duration.ofNanos(in.readLong());
        float[] parameters = readFloats(in);
        float[] moments = readFloats(in);
        KeptParameters best = in.readBoolean() ? new KeptParameters(in.readDouble(), readFloats(in)) : null;
        return new FitState(step, parameters, moments, bound, elapsed, best);
    }

    SurprisalException refused(String reason) {
        return new SurprisalException(path + " " + reason + "; train without --resume to start anew");
    }

    /** Once the model is written. */
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new SurprisalException(path + ": cannot be deleted: " + e.getMessage(), e);
        }
    }

    private static long checksum(byte[] bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        return checksum.getValue();
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void writePoints(DataOutputStream out, List<double[]> points) throws IOException {
        out.writeInt(points.size());
        for (double[] point : points) {
            out.writeDouble(point[0]);
            out.writeDouble(point[1]);
        }
    }

    private static List<double[]> readPoints(DataInputStream in) throws IOException {
        List<double[]> points = new ArrayList<>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            points.add(new double[] {in.readDouble(), in.readDouble()});
        }
        return points;
    }

    private static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length);
        bytes.asFloatBuffer().put(values);
        out.writeInt(values.length);
        out.write(bytes.array());
    }

    private static float[] readFloats(DataInputStream in) throws IOException {
        float[] values = new float[in.readInt()];
        ByteBuffer.wrap(in.readNBytes(Float.BYTES * values.length))
                .asFloatBuffer()
                .get(values);
        return values;
    }
}

package dev.surprisal.scorer.model;

import dev.surprisal.schemas.model.ModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Model files that are looked at four times a second: what a file holds that changed, and then stayed the same for one look, is the new model.
 *
 * <p>Looking finds changes on every file system, those behind the links of a mounted Kubernetes volume too.
 */
final class ModelFiles implements ModelFeed {

    private static final Logger LOG = LoggerFactory.getLogger(ModelFiles.class);
    private static final int LOOK_MILLIS = 250;
    private static final int MOST_SIGNATURE_BYTES = 1_024;

    private final ModelAdmission admission;
    private final Watched main;
    private final Watched shadow;
    private final Thread watcher = new Thread(this::watch, "watch-models");
    private final CountDownLatch toClose = new CountDownLatch(1);

    ModelFiles(ModelSource source, ModelAdmission admission) {
        this.admission = admission;
        main = new Watched(source.file());
        shadow = source.shadow() == null ? null : new Watched(source.shadow());
        watcher.setDaemon(true);
    }

    /** One file, and what of it was seen. */
    private static final class Watched {
        final Path file;
        Look offered;
        Look last;

        Watched(Path file) {
            this.file = file;
        }

        void takeAsSeen() {
            offered = look(file);
            last = offered;
        }

        /** Whether it is another than was offered last, and has stopped changing. */
        boolean isNew() {
            Look now = look(file);
            boolean settled = now != null && now.equals(last);
            last = now;
            return settled && !now.equals(offered);
        }
    }

    private record Look(long modified, long size, Object key) {}

    private static Look look(Path file) {
        try {
            BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(seen.lastModifiedTime().toMillis(), seen.size(), seen.fileKey());
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void start() {
        try {
            main.takeAsSeen();
            admission.serveOrThrow(read(main.file), signature(main.file), main.file.toString());
            if (shadow != null) {
                offer(shadow, true);
            }
        } finally {
            watcher.start();
        }
    }

    private void watch() {
        try {
            while (!toClose.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (main.isNew()) {
                    offer(main, false);
                }
                if (shadow != null && shadow.isNew()) {
                    offer(shadow, true);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("model files are no longer looked at", e);
        }
    }

    private void offer(Watched watched, boolean asShadow) {
        String source = watched.file.toString();
        watched.takeAsSeen();
        try {
            byte[] onnx = read(watched.file);
            byte[] signature = signature(watched.file);
            if (asShadow) {
                admission.shadow(onnx, signature, source);
            } else {
                admission.serve(onnx, signature, source);
            }
        } catch (ModelException e) {
            admission.refuse(source, e);
        }
    }

    static byte[] read(Path file) {
        try {
            if (Files.size(file) > ModelTopic.MOST_BYTES) {
                throw new ModelException(file + ": it is larger than " + ModelTopic.MOST_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ModelException(file + ": there is no such model file", e);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** What stands beside the model in a file of its name with .sig appended; null where there is none. */
    static byte[] signature(Path model) {
        Path file = model.resolveSibling(model.getFileName() + ".sig");
        try (InputStream in = Files.newInputStream(file)) {
            // More than any signature has; a longer one is none.
            return in.readNBytes(MOST_SIGNATURE_BYTES);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        toClose.countDown();
        try {
            watcher.join(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

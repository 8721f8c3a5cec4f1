package dev.surprisal.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.LatentProjection;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.model.ModelPlots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model file in ONNX Runtime: scores batches of rows.
 *
 * <p>Safe for concurrent use as long as every thread has its own {@link RowBatch}. Scores are the same bits for the same row in any
 * batch, at any position, on the same machine with the same ONNX Runtime.
 */
public final class ScoringModel implements AutoCloseable {

    /** A batch of records has a buffer for each. */
    private static final int MOST_COLUMNS = 10_000;

    private final Graphs graphs;
    private final ModelCard card;
    private final ModelPlots plots;
    private final InferenceTime inference = new InferenceTime();

    private ScoringModel(Graphs graphs, ModelCard card, ModelPlots plots) {
        this.graphs = graphs;
        this.card = card;
        this.plots = plots;
    }

    /**
     * Opens a model file.
     *
     * @throws ModelException if there is none, or it is no model of this project, or one of a newer format
     */
    public static ScoringModel open(Path file) {
        try {
            return open(Files.readAllBytes(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new ModelException(file + ": there is no such model file", e);
        } catch (IOException e) {
            throw new ModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Opens the bytes of a model file; the source names them in errors. */
    public static ScoringModel open(byte[] onnx, String source) {
        OrtSession session = session(onnx, source);
        try {
            Map<String, String> metadata = session.getMetadata().getCustomMetadata();
            String json = metadata.get(ModelCard.METADATA_KEY);
            if (json == null) {
                throw new ModelException(
                        source
                                + ": an ONNX model, but it has no model card; only models that `surprisal train` wrote can be used");
            }
            ModelCard card = ModelCardJson.read(json, source);
            int columns = card.spec().numberColumns().size()
                    + card.spec().categoryColumns().size();
            if (columns > MOST_COLUMNS) {
                throw new ModelException(
                        source + ": its records have " + columns + " fields, more than " + MOST_COLUMNS);
            }
            requireNames(source, "input", Signature.inputs(card.spec()), session.getInputNames());
            requireNames(source, "output", Signature.outputs(card.spec()), session.getOutputNames());
            ModelPlots plots = ModelPlots.read(metadata.get(ModelPlots.METADATA_KEY), source);
            requireLatentMean(source, plots.latent(), session);
            return new ScoringModel(graphs(session, card, metadata.get(ModelCard.FIRST_LOOK_KEY), source), card, plots);
        } catch (OrtException | RuntimeException e) {
            Graphs.close(session);
            if (e instanceof SurprisalException mendable) {
                throw mendable;
            }
            throw new ModelException(source + ": its metadata cannot be used: " + e.getMessage(), e);
        }
    }

    private static Graphs graphs(OrtSession full, ModelCard card, String firstLook, String source) {
        if (card.firstLook() == null) {
            return new Graphs(full, null, null);
        }
        String of = source + ": the graph of its first look";
        if (firstLook == null) {
            throw new ModelException(of + " is absent, which its card promises");
        }
        return graphs(full, card, decoded(firstLook, of), of);
    }

    /** The first look's graph serves for reasons as a whole, if it has what these need, and otherwise cut down to the first look. */
    private static Graphs graphs(OrtSession full, ModelCard card, byte[] firstLook, String of) {
        OrtSession whole = session(firstLook, of);
        try {
            requireNames(of, "input", Signature.inputs(card.spec()), whole.getInputNames());
            requireNames(of, "output", Set.of(Signature.FIRST_LOOK), whole.getOutputNames());
            if (!whole.getOutputNames().containsAll(Signature.explanation(card.spec()))) {
                return new Graphs(full, whole, null);
            }
            return new Graphs(full, session(PrunedModel.of(firstLook, Signature.FIRST_LOOK), of), whole);
        } catch (RuntimeException e) {
            Graphs.close(whole);
            throw e;
        }
    }

    private static byte[] decoded(String base64, String of) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ModelException(of + " is not in Base64: " + e.getMessage(), e);
        }
    }

    /**
     * Opens the graphs of a model that has no card yet, for the calibration that goes into its card.
     *
     * @param firstLook the graph of the first look
     */
    public static ScoringModel openGraphs(byte[] onnx, byte[] firstLook, ModelCard provisionalCard) {
        OrtSession session = session(onnx, provisionalCard.name());
        try {
            return new ScoringModel(
                    graphs(session, provisionalCard, firstLook, provisionalCard.name()),
                    provisionalCard,
                    ModelPlots.NONE);
        } catch (RuntimeException e) {
            Graphs.close(session);
            throw e;
        }
    }

    /** What the model says of itself. */
    public ModelCard card() {
        return card;
    }

    /** What there is to draw of the model. */
    public ModelPlots plots() {
        return plots;
    }

    /** How long it has been running. */
    public InferenceTime inference() {
        return inference;
    }

    /** An empty batch for this model's rows, to be closed by the caller. */
    public RowBatch newBatch() {
        return new RowBatch(card.spec(), graphs, 0, inference);
    }

    /** A judge of scored batches of this model's rows, for one thread, to be closed by the caller. */
    public BatchJudge newJudge(Judge judge) {
        return new BatchJudge(judge, new RowBatch(card.spec(), graphs, categoryValues(), inference));
    }

    /** How many values all categories have together; 0 if the graph does not tell their probabilities. */
    private int categoryValues() {
        return graphs.full().getOutputNames().contains(Signature.CATEGORY_PROBABILITIES)
                ? card.vocabularies().stream()
                        .mapToInt(vocabulary -> vocabulary.values().size())
                        .sum()
                : 0;
    }

    /**
     * A scorer of this model's rows with reasons for what is flagged, to be closed by the caller.
     *
     * @param screen of this model; null = all rows are scored in full
     */
    public RowScorer newScorer(Judge judge, Screen screen) {
        return newScorer(newJudge(judge), screen);
    }

    /** The same, for whoever asks no reasons: each flag's cost several scores. */
    public RowScorer newScorerWithoutReasons(Judge judge, Screen screen) {
        return newScorer(new BatchJudge(judge, null), screen);
    }

    private RowScorer newScorer(BatchJudge judge, Screen screen) {
        return new RowScorer(screen == null ? null : newBatch(), newBatch(), judge, screen);
    }

    @Override
    public void close() {
        graphs.close();
    }

    private static OrtSession session(byte[] onnx, String source) {
        try {
            OnnxBounds.check(onnx);
        } catch (ModelException e) {
            throw new ModelException(source + ": not an ONNX model that can be loaded: " + e.getMessage(), e);
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // One thread scores one batch: more threads a call do not pay at this size, and spinning ones cost the
            // others their time.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            // What was looked at is this format, and no other.
            options.addConfigEntry("session.load_model_format", "ONNX");
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            return environment().createSession(onnx, options);
        } catch (OrtException e) {
            throw new ModelException(source + ": not an ONNX model that can be loaded: " + e.getMessage(), e);
        }
    }

    /** The version of ONNX Runtime. */
    public static String engineVersion() {
        return environment().getVersion();
    }

    static OrtEnvironment environment() {
        return Environment.SHARED;
    }

    private static void requireNames(String source, String kind, Set<String> wanted, Set<String> found) {
        Set<String> absent = new TreeSet<>(wanted);
        absent.removeAll(found);
        if (!absent.isEmpty()) {
            throw new ModelException(
                    source + ": its graph lacks the " + kind + "s " + absent + " that its card promises");
        }
    }

    private static void requireLatentMean(String source, LatentProjection map, OrtSession session) throws OrtException {
        if (map == null) {
            return;
        }
        requireNames(source, "output", Set.of(Signature.LATENT_MEAN), session.getOutputNames());
        TensorInfo info =
                (TensorInfo) session.getOutputInfo().get(Signature.LATENT_MEAN).getInfo();
        long[] shape = info.getShape();
        if (shape.length != 2 || shape[1] != map.latentSize()) {
            throw new ModelException(
                    source + ": its latent map has " + map.latentSize() + " dimensions, and its graph another number");
        }
    }

    /** Runs a graph on pinned tensors. */
    static void run(OrtSession session, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        try (OrtSession.Result ignored = session.run(inputs, Set.of(), outputs)) {
            // The outputs' own buffers hold the result.
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime failed to score a batch: " + e.getMessage(), e);
        }
    }

    /** An output [N][K] of a graph that scoring does not ask for. */
    static float[][] matrix(OrtSession session, Map<String, OnnxTensor> inputs, String output) {
        try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
            return (float[][]) result.get(0).getValue();
        } catch (OrtException e) {
            throw new ModelException("ONNX Runtime failed to compute " + output + ": " + e.getMessage(), e);
        }
    }

    private static final class Environment {
        static final OrtEnvironment SHARED = quiet();

        /** What is scored is nobody else's business. */
        private static OrtEnvironment quiet() {
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "surprisal");
            try {
                environment.setTelemetry(false);
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime's telemetry cannot be turned off", e);
            }
            return environment;
        }
    }
}

package dev.surprisal.trainer;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.model.AlarmRate;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.DriftReference;
import dev.surprisal.schemas.model.FirstLook;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ModelCardJson;
import dev.surprisal.schemas.model.Provenance;
import dev.surprisal.schemas.model.ScoreOutput;
import dev.surprisal.trainer.data.TrainingData;
import dev.surprisal.trainer.vae.Fitted;
import dev.surprisal.trainer.vae.VaeConfig;
import dev.surprisal.trainer.vae.VaeTrainer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a model's card says, apart from what its calibration brings. */
record CardDraft(
        Training.Request request,
        TrainingData data,
        int heldOut,
        VaeConfig config,
        List<Fitted> members,
        SampleCount samples) {

    /** A card to open the graph with before it is calibrated. */
    ModelCard uncalibrated() {
        Calibration none = Calibration.of(
                new double[1],
                new double[data.rows().numberColumns() + data.rows().categoryColumns()]);
        return card("", none, null, new AlarmRate(0.5), null, Map.of());
    }

    /**
     * The card.
     *
     * @param graph from which, with the rest of what decides scores and verdicts, its version follows
     */
    ModelCard calibrated(
            Calibration calibration,
            FirstLook firstLook,
            DriftReference reference,
            AlarmRate alarmRate,
            byte[] graph,
            Instant start,
            Instant end,
            Map<String, Double> metrics) {
        ModelCard card = card("", calibration, firstLook, alarmRate, provenance(start, end), metrics)
                .withReference(reference);
        return card.withVersion(version(graph, card));
    }

    private ModelCard card(
            String version,
            Calibration calibration,
            FirstLook firstLook,
            AlarmRate alarmRate,
            Provenance provenance,
            Map<String, Double> metrics) {
        return new ModelCard(
                ModelCard.FORMAT,
                request.spec().name(),
                version,
                request.spec(),
                data.vocabularies(),
                ScoreOutput.ELBO,
                calibration,
                alarmRate,
                provenance,
                metrics,
                firstLook);
    }

    /** The first 12 hexadecimal digits of SHA-256 of what decides the scores and the verdicts. */
    private static String version(byte[] graph, ModelCard card) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(graph);
            digest.update(ModelCardJson.writeContent(card).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String version(Class<?> of) {
        String version = of.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private Provenance provenance(Instant start, Instant end) {
        Map<String, String> configuration = new TreeMap<>();
        configuration.put("latent", Integer.toString(config.latent()));
        configuration.put("hidden", config.hidden().toString());
        configuration.put("pseudo_inputs", Integer.toString(config.pseudoInputs()));
        configuration.put("batch", Integer.toString(config.batch()));
        configuration.put("steps", Integer.toString(members.get(0).steps()));
        configuration.put("learning_rate", Double.toString(config.learningRate()));
        configuration.put("noise", Double.toString(config.noise()));
        configuration.put("masking", Double.toString(config.masking()));
        configuration.put("known_anomalies", Integer.toString(data.anomalies().size()));
        configuration.put("beta", Double.toString(config.beta()));
        configuration.put("samples", Integer.toString(samples.samples()));
        configuration.put("ensemble", Integer.toString(members.size()));
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", Runtime.version().toString());
        versions.put("surprisal", version(Training.class));
        versions.put("nd4j", VaeTrainer.engineVersion());
        versions.put("onnxruntime", ScoringModel.engineVersion());
        return new Provenance(
                end,
                Duration.between(start, end).toMillis() / 1e3,
                data.fingerprint(),
                data.rows().count() - heldOut,
                heldOut,
                request.seed(),
                configuration,
                versions);
    }
}

package dev.surprisal.trainer.export;

import dev.surprisal.trainer.vae.TrainedVae;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * Writes a trained autoencoder as a self-contained ONNX model (IR 8, operator set 17).
 *
 * <p>Inputs: {@code numbers} float [N, D] in the fields' own units, NaN = missing; {@code categories} int64 [N, C], -1 = missing, 0 or above the known values =
 * never seen. Outputs, natural logarithms: {@code elbo} [N], {@code log_likelihood} [N] (importance-weighted over the L samples), {@code
 * reconstruction_log_probability} [N], {@code field_log_probability} [N, D+C], {@code expected_numbers} [N, D], {@code number_scale} [N, D], {@code
 * expected_categories} int64 [N, C], {@code latent_mean} [N, K]. Numbers have densities of the standardised number, counts, booleans and categories probabilities. Inputs and outputs with D = 0 or C = 0 columns are left out. What is expected of a field is told by the rest of the record, see {@link
 * Expectations}.
 *
 * <p>The same autoencoder, noise and metadata give the same bytes.
 *
 * <p>A row's outputs do not depend, to the last bit, on the batch that it is in or on its place there, given one intra-operator thread and either a number of samples
 * that is a power of two from 16 on, or batches of whole blocks of 16 rows. (What is left over after whole vectors goes through other code, which rounds
 * logarithms and weighted sums differently; those numbers leave nothing over, or only exact products.)
 */
public final class OnnxExporter {

    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 17;

    private OnnxExporter() {}

    /**
     * The model without metadata.
     *
     * @param noise [L][K] standard normal values that stand for eps in every row
     */
    public static byte[] export(TrainedVae vae, float[][] noise) {
        return export(List.of(vae), noise);
    }

    /**
     * An ensemble as one model without metadata: the mixture, in equal parts, of its members' distributions.
     *
     * <p>{@code log_likelihood} is the logarithm of the mean of p(x, z) / q(z | x) over the samples of all members, a bound on the mixture's log p(x); {@code elbo}, {@code
     * reconstruction_log_probability} and {@code field_log_probability} are the means of the members'; expected values and scales are those of all members' samples; {@code latent_mean} is the
     * first member's.
     *
     * @param members at least one; all of the same columns and latent size, fitted to the same rows
     * @param noise [L][K] standard normal values that stand for eps in every row of every member
     */
    public static byte[] export(List<TrainedVae> members, float[][] noise) {
        checkAlike(members);
        return model(new ScoringGraph(members, noise).build());
    }

    /**
     * The first look at a record as a model of its own: with the same inputs, and the output {@code first_look} [N], the bound at z = mu(x) instead of at samples, of which it costs a fraction.
     *
     * <p>Of an ensemble it is the mean of the members'. What is expected of the fields at z = mu(x), for reasons, are outputs of the names that they have in the model itself. A row's outputs do not depend on the batch that it is in, given batches of whole blocks of 16 rows.
     */
    public static byte[] exportFirstLook(List<TrainedVae> members) {
        checkAlike(members);
        float[][] mean = new float[1][members.get(0).latentSize()];
        return model(new ScoringGraph(members, mean).buildFirstLook());
    }

    private static byte[] model(GraphProto graph) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setProducerName("surprisal")
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    private static void checkAlike(List<TrainedVae> members) {
        TrainedVae first = members.get(0);
        for (TrainedVae member : members) {
            if (!member.columns().equals(first.columns())
                    || member.latentSize() != first.latentSize()
                    || !Arrays.equals(member.mean(), first.mean())
                    || !Arrays.equals(member.deviation(), first.deviation())) {
                throw new IllegalArgumentException(
                        "the members of an ensemble have to share their columns, standardisation and latent size");
            }
        }
    }

    /** The same model with one entry of its metadata set or replaced. */
    public static byte[] withEntry(byte[] model, String key, String value) {
        try {
            Map<String, String> metadata = new TreeMap<>();
            ModelProto.parseFrom(model)
                    .getMetadataPropsList()
                    .forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
            metadata.put(key, value);
            return withMetadata(model, metadata);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("these bytes are no ONNX model", e);
        }
    }

    /** The same model with other metadata. */
    public static byte[] withMetadata(byte[] model, Map<String, String> metadata) {
        try {
            ModelProto.Builder builder = ModelProto.parseFrom(model).toBuilder().clearMetadataProps();
            new TreeMap<>(metadata)
                    .forEach((key, value) -> builder.addMetadataProps(
                            StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
            return builder.build().toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("these bytes are no ONNX model", e);
        }
    }
}

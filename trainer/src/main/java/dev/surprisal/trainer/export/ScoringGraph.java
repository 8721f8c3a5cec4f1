package dev.surprisal.trainer.export;

import dev.surprisal.trainer.export.Graph.Value;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.List;
import java.util.function.Function;
import onnx.Onnx.GraphProto;

/**
 * The graph that scores rows: from raw numbers and codes to bounds, log-probabilities and expectations.
 *
 * <p>The L latent samples stand in the leading dimension, [L, N, .], so that every layer is one matrix product; those of an ensemble's members stand there one member after
 * the other. No row's result depends, not even in its last bit, on the rows around it; see {@link OnnxExporter}.
 */
final class ScoringGraph {

    private final Graph graph = new Graph();
    private final List<TrainedVae> vaes;
    private final Columns columns;
    private final float[][] noise;

    /**
     * @param vaes the members, all of the same columns, standardised alike
     * @param noise [L][K] standard normal values, the same for every row and member
     */
    ScoringGraph(List<TrainedVae> vaes, float[][] noise) {
        this.vaes = vaes;
        this.noise = noise;
        columns = vaes.get(0).columns();
    }

    GraphProto build() {
        List<Member> members = members();
        Samples samples = new Samples(graph, members.size() * noise.length);

        Value logRatio = together(members, Member::logRatio);
        Value logMean = graph.subtract(graph.logSumExp(logRatio, 0), graph.scalar(Math.log(samples.count())));
        graph.floatOutput("elbo", samples.mean(logRatio));
        graph.floatOutput("log_likelihood", graph.reshape(logMean, -1));
        graph.floatOutput("reconstruction_log_probability", samples.mean(together(members, Member::logLikelihood)));
        FieldOutputs fields = new FieldOutputs(graph, vaes.get(0), samples, members, logRatio);
        fields.putLogProbabilities();
        fields.putExpectations();
        graph.floatOutput(
                "latent_mean", members.get(0).latentMean(), vaes.get(0).latentSize());
        return graph.build();
    }

    /** The graph of the bound and of what is expected of the fields. */
    GraphProto buildFirstLook() {
        List<Member> members = members();
        Samples samples = new Samples(graph, members.size() * noise.length);
        Value logRatio = together(members, Member::logRatio);
        graph.floatOutput("first_look", samples.mean(logRatio));
        new FieldOutputs(graph, vaes.get(0), samples, members, logRatio).putExpectations();
        return graph.build();
    }

    private List<Member> members() {
        NumberInput numbers = columns.numbers().isEmpty() ? null : NumberInput.of(graph, vaes.get(0));
        CategoryInput categories =
                columns.categories().isEmpty() ? null : CategoryInput.of(graph, columns.categories());
        return vaes.stream()
                .map(vae -> Member.of(graph, vae, noise, numbers, categories))
                .toList();
    }

    /** All members' samples, one member after the other. */
    private Value together(List<Member> members, Function<Member, Value> ofMember) {
        return graph.concatenate(members.stream().map(ofMember).toList(), 0);
    }
}

package dev.surprisal.scorer.api;

import dev.surprisal.engine.Judge;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.instance.InstanceSummary;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.ops.Instances;
import dev.surprisal.scorer.ops.PipelineActivity;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A pipeline as it is now: its state is that of the instance that answers, its counts are of all instances that are not silent.
 *
 * @param name of the pipeline
 * @param topic of records, or the pattern of several
 * @param scoresTopic where the scores go
 * @param anomaliesTopic where the flags go
 * @param deadLettersTopic where records go that cannot be scored
 * @param state {@code WAITING}, or that of Kafka Streams: {@code CREATED}, {@code REBALANCING}, {@code RUNNING}, {@code ERROR} ...
 * @param scoring whether records are being scored now
 * @param failure what it waits for, or why it died; absent where it lacks nothing
 * @param alarmRate the rule that flags, as it was set; absent while there is no model
 * @param alarmRateValue the share of normal records that it flags at most
 * @param canFlag whether the model was calibrated on enough records for this alarm rate; absent while there is no model
 * @param model its name; absent while there is none
 * @param modelVersion its version
 * @param shadowVersion the version of the model that scores beside it; absent where there is none
 * @param delivery {@code exactly-once} or {@code at-least-once}
 * @param lag records still to be scored by partition
 * @param records polled by each instance since it started
 * @param scores given since then
 * @param flags since then
 * @param deadLetters since then
 * @param instances all that are known, the one that answers first
 * @param instancesFailure why others cannot be heard of at the moment; absent while they can
 */
@Introspected
record PipelineView(
        String name,
        String topic,
        String scoresTopic,
        String anomaliesTopic,
        String deadLettersTopic,
        String state,
        boolean scoring,
        String failure,
        String alarmRate,
        Double alarmRateValue,
        Boolean canFlag,
        String model,
        String modelVersion,
        String shadowVersion,
        String delivery,
        Map<Integer, Long> lag,
        long records,
        long scores,
        long flags,
        long deadLetters,
        List<InstanceView> instances,
        @Nullable String instancesFailure) {

    static PipelineView of(PipelineStreams streams, PipelineActivity activity, Instances instances) {
        var pipeline = streams.pipeline();
        var model = streams.model();
        var card = model.map(ServedModel::card);
        var judge = model.map(ServedModel::judge);
        var all = instances.of(pipeline.name());
        long now = instances.now();
        return new PipelineView(
                pipeline.name(),
                pipeline.pattern() == null ? pipeline.topic() : pipeline.pattern(),
                pipeline.topics().scores(),
                pipeline.topics().anomalies(),
                pipeline.topics().deadLetters(),
                streams.state(),
                streams.isRunning(),
                streams.failure(),
                judge.map(Judge::rule).map(AlarmRule::toString).orElse(null),
                judge.map(Judge::level).orElse(null),
                judge.map(Judge::canFlag).orElse(null),
                card.map(ModelCard::name).orElse(null),
                card.map(ModelCard::version).orElse(null),
                streams.models().shadow().map(ModelCard::version).orElse(null),
                pipeline.delivery().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                all.lag(streams.lag(), now),
                activity.records() + all.ofOthers(InstanceSummary::records, now),
                activity.scores() + all.ofOthers(InstanceSummary::scores, now),
                activity.flags() + all.ofOthers(InstanceSummary::flags, now),
                activity.deadLetters() + all.ofOthers(InstanceSummary::deadLetters, now),
                all.all(now).stream().map(InstanceView::of).toList(),
                instances.failure(pipeline.name()));
    }
}

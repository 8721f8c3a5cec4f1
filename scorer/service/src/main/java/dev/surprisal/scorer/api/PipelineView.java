package dev.surprisal.scorer.api;

import dev.surprisal.engine.Judge;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.model.ServedModel;
import dev.surprisal.scorer.ops.PipelineActivity;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import java.util.Locale;
import java.util.Map;

/**
 * A pipeline as it is now.
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
 * @param lag records still to be scored by partition, of the partitions of this instance
 * @param records polled since the start of this instance
 * @param scores given since then
 * @param flags since then
 * @param deadLetters since then
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
        long deadLetters) {

    static PipelineView of(PipelineStreams streams, PipelineActivity activity) {
        var pipeline = streams.pipeline();
        var model = streams.model();
        var card = model.map(ServedModel::card);
        var judge = model.map(ServedModel::judge);
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
                streams.lag(),
                activity.records(),
                activity.scores(),
                activity.flags(),
                activity.deadLetters());
    }
}

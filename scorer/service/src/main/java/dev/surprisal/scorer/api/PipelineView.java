package dev.surprisal.scorer.api;

import dev.surprisal.engine.Judge;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.scorer.ops.PipelineActivity;
import dev.surprisal.scorer.stream.PipelineStreams;
import io.micronaut.core.annotation.Introspected;
import java.util.Locale;
import java.util.Map;

/**
 * A pipeline as it is now.
 *
 * @param name of the pipeline
 * @param topic of records
 * @param scoresTopic where the scores go
 * @param anomaliesTopic where the flags go
 * @param deadLettersTopic where records go that cannot be scored
 * @param state of Kafka Streams: {@code CREATED}, {@code REBALANCING}, {@code RUNNING}, {@code ERROR} ...
 * @param scoring whether records are being scored now
 * @param failure why it died; absent while it lives
 * @param alarmRate the share of normal records that may be flagged, as a fraction; absent, as are the next four, while there is no model
 * @param alarmRateValue the same as a number
 * @param canFlag whether the model was calibrated on enough records for this alarm rate
 * @param model its name
 * @param modelVersion its version
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
        String delivery,
        Map<Integer, Long> lag,
        long records,
        long scores,
        long flags,
        long deadLetters) {

    static PipelineView of(PipelineStreams streams, PipelineActivity activity) {
        var pipeline = streams.pipeline();
        ModelCard card = streams.model().orElse(null);
        Judge judge = card == null ? null : streams.judge();
        return new PipelineView(
                pipeline.name(),
                pipeline.topic(),
                pipeline.topics().scores(),
                pipeline.topics().anomalies(),
                pipeline.topics().deadLetters(),
                streams.state(),
                streams.isRunning(),
                streams.failure(),
                judge == null ? null : judge.alarmRate().toString(),
                judge == null ? null : (Double) judge.alarmRate().value(),
                judge == null ? null : (Boolean) judge.canFlag(),
                card == null ? null : card.name(),
                card == null ? null : card.version(),
                pipeline.delivery().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                streams.lag(),
                activity.records(),
                activity.scores(),
                activity.flags(),
                activity.deadLetters());
    }
}

package dev.surprisal.scorer.api;

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
 * @param alarmRate the share of normal records that may be flagged, as a fraction
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
        double alarmRateValue,
        boolean canFlag,
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
        return new PipelineView(
                pipeline.name(),
                pipeline.topic(),
                pipeline.topics().scores(),
                pipeline.topics().anomalies(),
                pipeline.topics().deadLetters(),
                streams.state(),
                streams.isRunning(),
                streams.failure(),
                streams.judge().alarmRate().toString(),
                streams.judge().alarmRate().value(),
                streams.judge().canFlag(),
                streams.card().name(),
                streams.card().version(),
                pipeline.delivery().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                streams.lag(),
                activity.records(),
                activity.scores(),
                activity.flags(),
                activity.deadLetters());
    }
}

package dev.surprisal.scorer.stream;

import dev.surprisal.engine.FieldReason;
import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.event.AnomalyEvent;
import dev.surprisal.schemas.event.EventEncoder;
import dev.surprisal.schemas.event.LikelyValue;
import dev.surprisal.schemas.event.Reason;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.schemas.model.ModelCard;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Verdicts as the values of events. */
final class EventWriter {

    private final ModelCard card;
    private final EventEncoder<ScoreEvent> scores;
    private final EventEncoder<AnomalyEvent> anomalies;
    private final UnaryOperator<byte[]> json;

    /** @param json makes JSON of a record */
    EventWriter(
            ModelCard card,
            EventEncoder<ScoreEvent> scores,
            EventEncoder<AnomalyEvent> anomalies,
            UnaryOperator<byte[]> json) {
        this.card = card;
        this.scores = scores;
        this.anomalies = anomalies;
        this.json = json;
    }

    byte[] score(Verdict verdict, RecordMetadata source, long timestamp) {
        return scores.write(new ScoreEvent(
                source.topic(),
                source.partition(),
                source.offset(),
                Instant.ofEpochMilli(timestamp),
                card.name(),
                card.version(),
                verdict.score(),
                verdict.pValue(),
                verdict.surprise(),
                verdict.anomaly(),
                verdict.firstLook() ? "first" : "full",
                verdict.firstLook() ? null : verdict.elbo(),
                verdict.firstLook() ? null : verdict.logLikelihood(),
                verdict.firstLook() ? null : verdict.reconstructionLogProbability()));
    }

    /**
     * @param level the p-value at or below which the record is flagged
     * @param record the original record, which has been parsed; null to leave it out
     * @param mutedBy the id of the rule that mutes it; null for none
     */
    byte[] anomaly(
            Verdict verdict, double level, RecordMetadata source, long timestamp, byte[] record, String mutedBy) {
        List<Reason> reasons =
                verdict.reasons().stream().map(EventWriter::reason).toList();
        return anomalies.write(new AnomalyEvent(
                source.topic(),
                source.partition(),
                source.offset(),
                Instant.ofEpochMilli(timestamp),
                card.name(),
                card.version(),
                verdict.score(),
                verdict.pValue(),
                verdict.surprise(),
                level,
                verdict.sentence(),
                reasons,
                record == null ? null : text(json.apply(record)),
                mutedBy));
    }

    /** A byte order mark may stand before JSON, but not within. */
    private static String text(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static Reason reason(FieldReason reason) {
        return new Reason(
                reason.field(),
                reason.surprise(),
                reason.share(),
                reason.seen(),
                reason.expected(),
                reason.low(),
                reason.high(),
                reason.direction() == null ? null : reason.direction().name().toLowerCase(Locale.ROOT),
                reason.likely().stream()
                        .map(likely -> new LikelyValue(likely.value(), likely.probability()))
                        .toList(),
                reason.sentence());
    }
}

package dev.surprisal.scorer.api;

import dev.surprisal.schemas.event.Label;
import io.micronaut.core.annotation.Introspected;

/**
 * What somebody says of a record.
 *
 * @param id of the record, PARTITION-OFFSET
 * @param topic of the record
 * @param partition of the record
 * @param offset of the record
 * @param key of the record; absent if it has none
 * @param verdict {@code false_alarm} or {@code confirmed}
 * @param by who says so
 * @param time when, milliseconds since 1970-01-01T00:00Z
 * @param comment what else there is to say; absent if there is nothing
 */
@Introspected
record LabelView(
        String id,
        String topic,
        int partition,
        long offset,
        String key,
        String verdict,
        String by,
        long time,
        String comment) {

    static LabelView of(Label label) {
        return new LabelView(
                label.record().partition() + "-" + label.record().offset(),
                label.record().topic(),
                label.record().partition(),
                label.record().offset(),
                label.key(),
                label.verdict().text(),
                label.by(),
                label.time().toEpochMilli(),
                label.comment());
    }
}

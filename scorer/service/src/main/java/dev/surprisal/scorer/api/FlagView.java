package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.scorer.feedback.LabelState;
import dev.surprisal.scorer.ops.Flag;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import io.micronaut.core.annotation.Introspected;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * A flag in a list, without the record.
 *
 * @param number of the flag in this instance, growing
 * @param id of the record, PARTITION-OFFSET
 * @param key of the record; absent if it has none
 * @param event as on the topic of anomalies, without the record
 * @param label what somebody says of it; absent if nobody has said anything yet
 */
@Introspected
record FlagView(
        long number,
        String id,
        String key,

        @Schema(
                type = "object",
                description =
                        "The event as on the topic of anomalies: topic, partition, offset, timestamp, model, model_version, score, p_value, surprise, alarm_rate and reasons; where one flag is asked for, the record too")
        JsonNode event,

        LabelView label) {

    static FlagView brief(Entry<Flag> entry, LabelState labels) {
        FlagView whole = whole(entry, labels);
        if (whole.event instanceof ObjectNode event) {
            event.remove("record");
        }
        return whole;
    }

    static FlagView whole(Entry<Flag> entry, LabelState labels) {
        Flag flag = entry.value();
        JsonNode event = flag.json();
        return new FlagView(entry.number(), flag.id(), flag.key(), event, label(event, flag, labels));
    }

    private static LabelView label(JsonNode event, Flag flag, LabelState labels) {
        try {
            RecordCoordinates record =
                    new RecordCoordinates(event.path("topic").asText(), flag.partition(), flag.offset());
            return labels.find(record).map(LabelView::of).orElse(null);
        } catch (SurprisalException e) {
            // Whatever else writes to the topic of anomalies: no record, no label.
            return null;
        }
    }
}

package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
        JsonNode event) {

    static FlagView brief(Entry<Flag> entry) {
        FlagView whole = whole(entry);
        if (whole.event instanceof ObjectNode event) {
            event.remove("record");
        }
        return whole;
    }

    static FlagView whole(Entry<Flag> entry) {
        Flag flag = entry.value();
        return new FlagView(entry.number(), flag.id(), flag.key(), flag.json());
    }
}

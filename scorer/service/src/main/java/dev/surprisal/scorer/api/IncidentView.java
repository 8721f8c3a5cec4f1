package dev.surprisal.scorer.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.scorer.ops.RecentLog.Entry;
import dev.surprisal.scorer.ops.ToldIncident;
import io.micronaut.core.annotation.Introspected;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * An incident.
 *
 * @param number of its latest event in this instance, growing
 * @param id of the incident
 * @param open whether it is
 * @param event its latest event
 */
@Introspected
record IncidentView(
        long number,
        String id,
        boolean open,

        @Schema(
                type = "object",
                description =
                        "Its latest event, as on the topic of incidents: id, event, why, topic, partition, key, start, last, count, muted, field, direction, fields, peak_surprise, peak_flag, sentence and model_version")
        JsonNode event) {

    static IncidentView of(Entry<ToldIncident> entry) {
        ToldIncident told = entry.value();
        return new IncidentView(entry.number(), told.id(), told.open(), told.json());
    }
}

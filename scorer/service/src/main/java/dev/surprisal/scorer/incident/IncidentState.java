package dev.surprisal.scorer.incident;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Open incidents as they are kept, in JSON, so that a newer program reads those of an older one. */
final class IncidentState {

    private static final JsonMapper JSON = new JsonMapper();
    private static final ObjectWriter WRITER = JSON.writerFor(Incident.class);
    private static final ObjectReader READER = JSON.readerFor(Incident.class);

    private IncidentState() {}

    static byte[] write(Incident incident) {
        try {
            return WRITER.writeValueAsBytes(incident);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an incident cannot be written as JSON", e);
        }
    }

    /** @throws IllegalArgumentException if it is none */
    static Incident read(byte[] kept) {
        try {
            Incident incident = READER.readValue(kept);
            if (incident == null
                    || incident.id() == null
                    || incident.topic() == null
                    || incident.causes() == null
                    || incident.causes().isEmpty()
                    || incident.fields() == null
                    || incident.told() == null) {
                throw new IllegalArgumentException("the incident lacks what every incident has");
            }
            return incident;
        } catch (IOException e) {
            throw new IllegalArgumentException("no incident can be read of it: " + e.getMessage(), e);
        }
    }
}

package dev.surprisal.scorer.format;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.AnomalyEvent;
import dev.surprisal.schemas.event.EventAvro;
import dev.surprisal.schemas.event.EventEncoder;
import dev.surprisal.schemas.event.EventJson;
import dev.surprisal.schemas.event.IncidentEvent;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.schemas.event.ScoreJson;
import dev.surprisal.schemas.event.SilenceEvent;
import dev.surprisal.schemas.event.Topics;
import dev.surprisal.schemas.event.WireFormat;
import dev.surprisal.schemas.record.AvroRecordJson;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordException.Step;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/**
 * How a pipeline's records are read and its events written. For all threads.
 *
 * <p>A record tells by its first byte whether it is JSON or Avro, so that a topic may go over from the one to the other. What was read of a registry once stays known while it is away.
 */
public final class TopicFormats {

    private final EventFormat events;
    private final Topics topics;
    /** Null where there is none. */
    private final SchemaRegistry registry;

    private final Map<Integer, AvroRecordJson> readers = new ConcurrentHashMap<>();
    /** The schema that could not be asked for; null for none. */
    private volatile Integer wanted;

    private TopicFormats(EventFormat events, Topics topics, SchemaRegistry registry) {
        this.events = events;
        this.topics = topics;
        this.registry = registry;
    }

    /**
     * The formats of a pipeline.
     *
     * @param kafka properties of the connection, with those of the registry, see {@link RegistryConnection}
     * @param events how they are written
     * @throws SurprisalException if the properties cannot be right, or there is no registry for Avro
     */
    public static TopicFormats of(Map<String, String> kafka, EventFormat events, Topics topics) {
        SchemaRegistry registry =
                RegistryConnection.of(kafka).map(SchemaRegistry::new).orElse(null);
        if (registry == null && events == EventFormat.AVRO) {
            throw new SurprisalException("events in Avro need a schema registry; set the Kafka property "
                    + RegistryConnection.URL + ", such as http://registry:8080/apis/ccompat/v7");
        }
        return new TopicFormats(events, topics, registry);
    }

    /**
     * What reads records only.
     *
     * @param kafka properties of the connection, with those of the registry, if there is one
     * @throws SurprisalException if the properties cannot be right
     */
    public static TopicFormats ofRecords(Map<String, String> kafka) {
        return of(kafka, EventFormat.JSON, null);
    }

    /**
     * A record as JSON: as it is, unless it is Avro.
     *
     * @param record may be null, or nothing that can be read as JSON
     * @throws RecordException if it is Avro that cannot be read
     * @throws RegistryException if it is Avro, and its schema is not known as long as the registry does not answer
     */
    public byte[] json(byte[] record) {
        if (!WireFormat.isAvro(record)) {
            return record;
        }
        int id = WireFormat.id(record);
        AvroRecordJson reader = readers.get(id);
        if (reader == null) {
            reader = new AvroRecordJson(schema(id));
            readers.put(id, reader);
        }
        return reader.json(record, WireFormat.PREFIX);
    }

    private Schema schema(int id) {
        if (registry == null) {
            throw new RecordException(
                    Step.PARSE,
                    "the record is not JSON in UTF-8; if it is Avro with schema " + id + ", the Kafka property "
                            + RegistryConnection.URL + " has to be set to read it");
        }
        try {
            return registry.schema(id);
        } catch (RegistryException e) {
            wanted = id;
            throw e;
        }
    }

    /** A record as JSON; as it is where that cannot be had. */
    public byte[] jsonIfReadable(byte[] record) {
        try {
            return json(record);
        } catch (RecordException e) {
            return record;
        }
    }

    /**
     * An event as JSON, whichever way and by whichever version it was written.
     *
     * @param schema the event's own
     * @throws IOException if it is none
     * @throws RegistryException if it is Avro, and its schema is not known as long as the registry does not answer
     */
    public byte[] eventJson(byte[] event, Schema schema) throws IOException {
        if (!WireFormat.isAvro(event)) {
            return event;
        }
        try {
            Schema written = schema(WireFormat.id(event));
            return new EventJson<>(schema).write(EventAvro.read(event, written, schema));
        } catch (RegistryException e) {
            throw e;
        } catch (RuntimeException e) {
            // Avro throws of all kinds at bytes that do not fit.
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * What writes the events of a topic; a new one, of one thread.
     *
     * @throws RegistryException if there is no id for the schema as long as the registry does not answer, or refuses
     */
    public <E extends SpecificRecord> EventEncoder<E> encoder(Schema schema, String topic) {
        return events == EventFormat.JSON
                ? new EventJson<>(schema)
                : new EventAvro<>(schema, registry.register(subject(topic), schema));
    }

    /**
     * What writes scores to a topic; a new one, of one thread.
     *
     * @throws RegistryException if there is no id for the schema as long as the registry does not answer, or refuses
     */
    public EventEncoder<ScoreEvent> scoreEncoder(String topic) {
        return events == EventFormat.JSON ? new ScoreJson() : encoder(ScoreEvent.getClassSchema(), topic);
    }

    private static String subject(String topic) {
        return topic + "-value";
    }

    public EventFormat events() {
        return events;
    }

    /**
     * Asks the registry whether it answers, and changes nothing there.
     *
     * @return where it is; empty where there is none
     * @throws RegistryException if it does not answer, or refuses
     */
    public Optional<String> probe() {
        if (registry == null) {
            return Optional.empty();
        }
        registry.ask();
        return Optional.of(registry.shown());
    }

    /** What has to be there for a stream to go on, and is not, in one sentence; null for nothing. It asks the registry. */
    public String lacking() {
        try {
            if (events == EventFormat.AVRO) {
                registry.register(subject(topics.scores()), ScoreEvent.getClassSchema());
                registry.register(subject(topics.shadowScores()), ScoreEvent.getClassSchema());
                registry.register(subject(topics.anomalies()), AnomalyEvent.getClassSchema());
                registry.register(subject(topics.incidents()), IncidentEvent.getClassSchema());
                registry.register(subject(topics.silences()), SilenceEvent.getClassSchema());
            }
            Integer id = wanted;
            if (id != null) {
                registry.schema(id);
                wanted = null;
            }
            return null;
        } catch (RecordException e) {
            // The registry has answered: the records of that schema are dead letters.
            wanted = null;
            return null;
        } catch (RegistryException e) {
            return e.getMessage();
        }
    }
}

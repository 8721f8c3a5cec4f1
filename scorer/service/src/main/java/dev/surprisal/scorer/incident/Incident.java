package dev.surprisal.scorer.incident;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.surprisal.schemas.event.IncidentEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An incident that is open: flags of one key for one cause, close in time. Times are milliseconds since 1970-01-01T00:00Z.
 *
 * @param id the place of the record whose flag opened it, as TOPIC-PARTITION-OFFSET
 * @param topic of the records
 * @param partition of the records
 * @param key of the records, for people; null where they have none
 * @param identity the same for the same key only; null where they have none
 * @param causes of the flag that opened it, the first one first; a flag belongs to it whose first cause is among them
 * @param start the earliest timestamp of its flags
 * @param last the latest timestamp of its flags
 * @param active the stream's time when its latest flag came, from when on it is quiet
 * @param count of its flags, without the muted ones
 * @param muted how many muted flags would have belonged to it
 * @param fields with a weighty part in its flags, as they came
 * @param peak the surprise of its most surprising flag, bits
 * @param peakFlag the place of that flag's record, as PARTITION-OFFSET
 * @param sentence why that record is flagged
 * @param modelVersion of the model that flagged it
 * @param told what the last event said
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Incident(
        String id,
        String topic,
        int partition,
        String key,
        String identity,
        List<Cause> causes,
        long start,
        long last,
        long active,
        long count,
        long muted,
        List<String> fields,
        double peak,
        String peakFlag,
        String sentence,
        String modelVersion,
        Told told) {

    static final String OPENED = "opened";
    static final String UPDATED = "updated";
    static final String CLOSED = "closed";

    private static final int MOST_FIELDS = 32;
    /** Half as probable is news. */
    private static final double NEWS_BITS = 1;

    /**
     * What the last event said of an incident.
     *
     * @param fields how many
     */
    record Told(long count, double peak, int fields) {}

    /** The incident that a flag opens; it has been told. */
    static Incident open(FlaggedRecord flag, long time) {
        List<String> fields = fields(List.of(), flag);
        return new Incident(
                flag.topic() + "-" + flag.place(),
                flag.topic(),
                flag.partition(),
                flag.key(),
                flag.identity(),
                flag.causes(),
                flag.timestamp(),
                flag.timestamp(),
                time,
                1,
                0,
                fields,
                flag.surprise(),
                flag.place(),
                flag.sentence(),
                flag.modelVersion(),
                new Told(1, flag.surprise(), fields.size()));
    }

    /** Whether a flag belongs to it: of its key and cause, and no further from its flags than the gap. */
    boolean takes(FlaggedRecord flag, long gapMillis) {
        return topic.equals(flag.topic())
                && Objects.equals(identity, flag.identity())
                && causes.contains(flag.cause())
                && flag.timestamp() >= start - gapMillis
                && flag.timestamp() <= last + gapMillis;
    }

    /** With one flag more. */
    Incident with(FlaggedRecord flag, long time) {
        boolean higher = flag.surprise() > peak;
        return new Incident(
                id,
                topic,
                partition,
                key,
                identity,
                causes,
                Math.min(start, flag.timestamp()),
                Math.max(last, flag.timestamp()),
                Math.max(active, time),
                count + 1,
                muted,
                fields(fields, flag),
                higher ? flag.surprise() : peak,
                higher ? flag.place() : peakFlag,
                higher ? flag.sentence() : sentence,
                higher ? flag.modelVersion() : modelVersion,
                told);
    }

    /** With one muted flag more, which does not keep it open. */
    Incident withMuted() {
        return with(muted + 1, told);
    }

    /** As it is when somebody has been told. */
    Incident asTold() {
        return with(muted, new Told(count, peak, fields.size()));
    }

    private Incident with(long nowMuted, Told nowTold) {
        return new Incident(
                id,
                topic,
                partition,
                key,
                identity,
                causes,
                start,
                last,
                active,
                count,
                nowMuted,
                fields,
                peak,
                peakFlag,
                sentence,
                modelVersion,
                nowTold);
    }

    /** What is worth telling since the last event: another field, a peak that is half as probable, twice as many flags; null for nothing. */
    String news() {
        if (fields.size() > told.fields) {
            return "field";
        }
        if (peak >= told.peak + NEWS_BITS) {
            return "peak";
        }
        return count >= 2 * told.count ? "count" : null;
    }

    IncidentEvent event(String event, String why) {
        Cause first = causes.get(0);
        return new IncidentEvent(
                id,
                event,
                why,
                topic,
                partition,
                key,
                Instant.ofEpochMilli(start),
                Instant.ofEpochMilli(last),
                count,
                muted,
                first.field(),
                first.direction(),
                fields,
                peak,
                peakFlag,
                sentence,
                modelVersion);
    }

    private static List<String> fields(List<String> before, FlaggedRecord flag) {
        List<String> fields = new ArrayList<>(before);
        for (Cause cause : flag.causes()) {
            if (cause.field() != null && !fields.contains(cause.field()) && fields.size() < MOST_FIELDS) {
                fields.add(cause.field());
            }
        }
        return fields;
    }
}

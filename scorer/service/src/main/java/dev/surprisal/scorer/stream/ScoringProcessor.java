package dev.surprisal.scorer.stream;

import dev.surprisal.engine.Verdict;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.scorer.incident.FlaggedRecord;
import dev.surprisal.scorer.model.ServedModel;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends each record's outcome where it belongs: a score, with an anomaly where it is one, or a dead letter. */
final class ScoringProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private static final Logger LOG = LoggerFactory.getLogger(ScoringProcessor.class);

    private final Supplier<CurrentScorer> scorers;
    private final OutputLimits limits;
    private final Emission emission;
    private final StreamOutputs outputs;
    private final UnaryOperator<byte[]> json;
    private final StreamAlarms alarms;
    private final StreamIncidents incidents;
    private final StreamSilences silences;
    private final StreamListener listener;
    private ProcessorContext<byte[], byte[]> context;
    private CurrentScorer scorer;
    private ServedModel model;
    private EventWriter events;
    private ServedModel shadow;
    private EventWriter shadowEvents;

    /** @param json makes JSON of a record */
    ScoringProcessor(
            Supplier<CurrentScorer> scorers,
            StreamAlarms alarms,
            OutputLimits limits,
            Emission emission,
            StreamOutputs outputs,
            UnaryOperator<byte[]> json,
            StreamIncidents incidents,
            StreamSilences silences,
            StreamListener listener) {
        this.scorers = scorers;
        this.alarms = alarms;
        this.limits = limits;
        this.emission = emission;
        this.outputs = outputs;
        this.json = json;
        this.incidents = incidents;
        this.silences = silences;
        this.listener = listener;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        alarms.open(context);
        incidents.open(context);
        silences.open(context);
        // Begun again after a failure, it must not go on with what was not committed.
        model = null;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata source = context.recordMetadata().orElseThrow();
        incidents.arrive(record.timestamp());
        silences.arrive(source, record.key(), record.timestamp());
        ScoredRecord scored = OutcomeHeader.take(record.headers());
        if (scored == null) {
            scored = scoreAlone(record);
        }
        if (scored.model() != model) {
            model = scored.model();
            events = writer(model, outputs.scores());
            alarms.follow(model.judge());
        }
        if (scored.shadowOutcome() instanceof Outcome.Scored shadowScored) {
            shadow(scored.shadow(), shadowScored.verdict(), record, source);
        }
        Outcome outcome = scored.outcome();
        if (outcome instanceof Outcome.Refused refused) {
            refuse(refused, record, source);
        } else {
            score(((Outcome.Scored) outcome).verdict(), record, source);
        }
    }

    /** What did not pass the consumer's interceptor, or was there when it failed. */
    private ScoredRecord scoreAlone(Record<byte[], byte[]> record) {
        if (scorer == null) {
            LOG.debug("records come without an outcome, and are scored alone");
            scorer = scorers.get();
        }
        long start = System.nanoTime();
        ScoredRecord scored = scorer.score(record.value());
        long nanos = System.nanoTime() - start;
        listener.scored(ScoredBatch.of(List.of(scored), new long[] {record.timestamp()}, nanos, scorer.sample()));
        ComparedBatch compared = ComparedBatch.of(List.of(scored));
        if (compared != null) {
            listener.compared(compared);
        }
        return scored;
    }

    private void score(Verdict scored, Record<byte[], byte[]> record, RecordMetadata source) {
        byte[] key = record.key();
        long timestamp = record.timestamp();
        Verdict verdict = alarms.decide(scored, timestamp);
        double level = alarms.level();
        byte[] score = emission.publishes(source.offset()) ? events.score(verdict, source, timestamp) : null;
        FlaggedRecord flag = verdict.anomaly()
                ? incidents.seen(verdict, key, source, timestamp, model.card().version())
                : null;
        String mutedBy = incidents.mutedBy(flag);
        byte[] anomaly =
                verdict.anomaly() ? events.anomaly(verdict, level, source, timestamp, record.value(), mutedBy) : null;
        if (anomaly != null && !OutputLimits.fits(key, anomaly, limits.anomalyBytes())) {
            anomaly = events.anomaly(verdict, level, source, timestamp, null, mutedBy);
        }
        if ((score != null && !OutputLimits.fits(key, score, limits.scoreBytes()))
                || (anomaly != null && !OutputLimits.fits(key, anomaly, limits.anomalyBytes()))) {
            refuse(Outcome.Refused.ofKey(OutputLimits.length(key)), record, source);
            return;
        }
        if (score != null) {
            context.forward(outputs.scores().record(key, score, id(source), timestamp), ScoringTopology.SCORES);
        }
        if (anomaly != null) {
            context.forward(outputs.anomalies().record(key, anomaly, id(source), timestamp), ScoringTopology.ANOMALIES);
            listener.flagged();
            incidents.add(flag, mutedBy);
        }
    }

    /** A shadow's score is for comparison: what does not fit is left out. */
    private void shadow(ServedModel by, Verdict verdict, Record<byte[], byte[]> record, RecordMetadata source) {
        if (by != shadow) {
            shadow = by;
            shadowEvents = writer(by, outputs.shadowScores());
        }
        byte[] score = shadowEvents.score(verdict, source, record.timestamp());
        if (OutputLimits.fits(record.key(), score, limits.scoreBytes())) {
            context.forward(
                    outputs.shadowScores().record(record.key(), score, id(source), record.timestamp()),
                    ScoringTopology.SHADOW_SCORES);
        }
    }

    private void refuse(Outcome.Refused refused, Record<byte[], byte[]> record, RecordMetadata source) {
        context.forward(
                DeadLetter.of(record, source, refused, model.card().version(), limits.deadLetterBytes()),
                ScoringTopology.DEAD_LETTERS);
        listener.refused(refused.step());
    }

    private EventWriter writer(ServedModel by, StreamOutputs.Output<ScoreEvent> scores) {
        return new EventWriter(by.card(), scores.values(), outputs.anomalies().values(), json);
    }

    /** Of what is said of a record: the same, however often it is said. */
    private static String id(RecordMetadata source) {
        return source.topic() + "-" + source.partition() + "-" + source.offset();
    }

    @Override
    public void close() {
        incidents.close();
        silences.close();
        if (scorer != null) {
            scorer.close();
            scorer = null;
        }
    }
}

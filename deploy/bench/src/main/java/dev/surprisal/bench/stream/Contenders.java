package dev.surprisal.bench.stream;

import com.amazon.randomcutforest.RandomCutForest;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.event.ScoreEvent;
import dev.surprisal.schemas.event.ScoreJson;
import dev.surprisal.schemas.model.AlarmRule;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.scorer.drift.DriftMonitor;
import dev.surprisal.scorer.model.ModelSource;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Emission;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.PipelineStreams;
import dev.surprisal.scorer.stream.StandInStreams;
import dev.surprisal.scorer.stream.Watches;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.KafkaStreams;

/** What is compared: the scorer, parts of it, and another method in its place. */
final class Contenders {

    private static final AlarmRule NEVER = AlarmRule.parse("1000000000 nats");
    private static final AlarmRule DISCOVERIES = AlarmRule.parse("fdr 10%");

    private static final int TREES = 50;
    private static final int SAMPLES = 256;
    /** Of the records of the others; they are an order of magnitude slower. */
    private static final double SLOW = 0.1;

    private final Path model;
    private final ModelCard card;

    Contenders(Path model) {
        this.model = model;
        try (ScoringModel opened = ScoringModel.open(model)) {
            card = opened.card();
        }
    }

    /** The ways from records to scores, one stream thread each. */
    List<Contender> ways() {
        return List.of(
                standIn("a", "bytes passed through", () -> value -> value, 1),
                standIn("b", "JSON in and out only", () -> new JsonOnly(card, "json"), 1),
                scorer("c", "the scorer, at least once", Delivery.AT_LEAST_ONCE, 1, 1, false),
                variant(
                        "c-",
                        "as c, without incidents, silent keys and watching for drift",
                        pipeline -> score(pipeline, null, false, Watches.OFF)),
                variant(
                        "c0",
                        "as c-, and nothing is flagged, so that there are no reasons",
                        pipeline -> score(pipeline, NEVER, false, Watches.OFF)),
                variant(
                        "c+",
                        "as c, with a false discovery rate in the place of an alarm rate",
                        pipeline -> score(pipeline, DISCOVERIES, false, Watches.USUAL)),
                scorer("d", "the scorer, exactly once", Delivery.EXACTLY_ONCE, 1, 1, false),
                scorer("c'", "the scorer, at least once, every record in full", Delivery.AT_LEAST_ONCE, 1, 1, true),
                new Contender(
                        "e",
                        "as c, one ONNX call a record",
                        Delivery.AT_LEAST_ONCE,
                        1,
                        1,
                        SLOW,
                        pipeline -> oneByOne(pipeline)),
                standIn("f", "Random Cut Forest", () -> new Forest(card), SLOW));
    }

    /** The scorer on more threads and in more instances. */
    List<Contender> scaled() {
        List<Contender> scaled = new ArrayList<>();
        for (Delivery delivery : List.of(Delivery.AT_LEAST_ONCE, Delivery.EXACTLY_ONCE)) {
            scaled.add(scorer("", "1 thread", delivery, 1, 1, false));
            scaled.add(scorer("", "2 threads", delivery, 2, 1, false));
            scaled.add(scorer("", "2 instances of 1 thread", delivery, 1, 2, false));
        }
        return scaled;
    }

    /** The scorer with one stream thread. */
    Contender scorer(Delivery delivery) {
        return scorer("", "", delivery, 1, 1, false);
    }

    private Contender scorer(String letter, String name, Delivery delivery, int threads, int instances, boolean full) {
        return new Contender(
                letter, name, delivery, threads, instances, 1, pipeline -> score(pipeline, null, full, Watches.USUAL));
    }

    private static Contender variant(String letter, String name, Function<Pipeline, AutoCloseable> start) {
        return new Contender(letter, name, Delivery.AT_LEAST_ONCE, 1, 1, 1, start);
    }

    private static Contender standIn(String letter, String name, Supplier<UnaryOperator<byte[]>> work, double share) {
        return new Contender(letter, name, Delivery.AT_LEAST_ONCE, 1, 1, share, pipeline -> {
            KafkaStreams streams = StandInStreams.of(pipeline, work);
            streams.start();
            return streams;
        });
    }

    private AutoCloseable score(Pipeline pipeline, AlarmRule rule, boolean full, Watches watches) {
        PipelineStreams streams = new PipelineStreams(
                new Pipeline(
                        pipeline.name(),
                        pipeline.topic(),
                        null,
                        ModelSource.file(model),
                        rule,
                        pipeline.delivery(),
                        pipeline.threads(),
                        pipeline.maxRecordBytes(),
                        null,
                        pipeline.kafka(),
                        new Emission(1, full),
                        watches),
                served(rule),
                new DriftMonitor(watches.drift(), (change, report) -> {}));
        streams.start();
        return streams;
    }

    private AutoCloseable oneByOne(Pipeline pipeline) {
        ModelSwitch models = served(null);
        KafkaStreams streams = StandInStreams.oneByOne(pipeline, models);
        streams.start();
        return () -> {
            streams.close();
            models.close();
        };
    }

    private ModelSwitch served(AlarmRule rule) {
        ModelSwitch models = new ModelSwitch(rule);
        models.serve(ScoringModel.open(model));
        return models;
    }

    Path model() {
        return model;
    }

    /** Parses a record into a row and writes an event, like the scorer, with nothing between. */
    private static class JsonOnly implements UnaryOperator<byte[]> {

        private final JsonRecordParser parser;
        private final EncodedRow row;
        private final ScoreJson events = new ScoreJson();
        private final ModelCard card;
        private final String name;
        private long offset;

        JsonOnly(ModelCard card, String name) {
            this.card = card;
            this.name = name;
            RecordEncoder encoder = card.newEncoder();
            parser = new JsonRecordParser(card.spec(), encoder);
            row = encoder.newRow();
        }

        @Override
        public byte[] apply(byte[] value) {
            parser.parse(value, row);
            return events.write(new ScoreEvent(
                    name,
                    0,
                    offset++,
                    Instant.EPOCH,
                    card.name(),
                    card.version(),
                    score(row),
                    0.123_456_789,
                    3.021_234_5,
                    false,
                    "first",
                    null,
                    null,
                    null));
        }

        /** Nats or whatever; the larger, the more anomalous. */
        double score(EncodedRow parsed) {
            return -12.345_678;
        }
    }

    /** Scores with a forest that learns as it goes, categories by their codes. */
    private static final class Forest extends JsonOnly {

        private final RandomCutForest forest;
        private final float[] point;

        Forest(ModelCard card) {
            super(card, "forest");
            point = new float
                    [card.spec().numberColumns().size() + card.vocabularies().size()];
            forest = RandomCutForest.builder()
                    .dimensions(point.length)
                    .shingleSize(1)
                    .numberOfTrees(TREES)
                    .sampleSize(SAMPLES)
                    .randomSeed(1)
                    .build();
        }

        @Override
        double score(EncodedRow parsed) {
            int at = 0;
            for (float number : parsed.numbers()) {
                point[at++] = Float.isNaN(number) ? 0 : number;
            }
            for (int code : parsed.categories()) {
                point[at++] = code;
            }
            double score = forest.getAnomalyScore(point);
            forest.update(point);
            return score;
        }
    }
}

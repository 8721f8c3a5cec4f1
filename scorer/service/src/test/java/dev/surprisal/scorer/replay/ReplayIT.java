package dev.surprisal.scorer.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.DeadLetterHeaders;
import dev.surprisal.scorer.fixture.TestBroker;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayIT {

    private static final int MANY = 1_200;

    private TestBroker broker;

    @Test
    void sendsARangeAgain(@TempDir Path folder) throws Exception {
        try (TestBroker started = TestBroker.start(folder)) {
            broker = started;
            for (String topic : List.of("payments", "payments.dead-letters", "again")) {
                broker.create(topic, 1 << 20);
            }
            deadLettersGoBackWhereTheyCameFrom();
            rangesOfAnyTopicGoAnywhere();
            whatDoesNotSayWhereItBelongsIsNotSent();
            whatIsStoppedGoesOnWhereItStopped();
            lettersOfOtherTopicsOrReasonsStay();
            oneAtATimeAndAllEndWithTheProcess();
        }
    }

    private void deadLettersGoBackWhereTheyCameFrom() throws Exception {
        // Given
        List<ProducerRecord<byte[], byte[]>> letters = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            letters.add(letter(i, i % 3 == 0 ? "parse" : "encode"));
        }
        ProducerRecord<byte[], byte[]> dropped = letter(MANY, "encode");
        dropped.headers().add(DeadLetterHeaders.DROPPED_VALUE_BYTES, bytes("9"));
        letters.add(dropped);
        broker.send(letters);
        ReplayRequest encoded = request("payments.dead-letters", null, null, null, Map.of(), "encode");

        // When
        Replay.Summary dry = new Replay(kafka(), encoded, true).run();

        // Then
        assertThat(dry.sent()).isEqualTo(Map.of("payments, step encode", MANY * 2L / 3));
        assertThat(dry.left().values()).containsExactlyInAnyOrder(MANY / 3L, 1L);
        assertThat(broker.read("payments", read -> true)).isEmpty();

        // When
        assertThat(new Replay(kafka(), encoded, false).run()).isEqualTo(dry);

        // Then
        List<ConsumerRecord<byte[], byte[]>> back = broker.read("payments", read -> read.size() >= MANY * 2 / 3);
        assertThat(back).hasSize(MANY * 2 / 3).allSatisfy(record -> {
            int i = Integer.parseInt(new String(record.key(), UTF_8));
            assertThat(record.partition()).isEqualTo(i % 2);
            assertThat(record.timestamp()).isEqualTo(1_000 + i);
            assertThat(new String(record.value(), UTF_8)).isEqualTo("value " + i);
            assertThat(record.headers().lastHeader("trace").value()).isEqualTo(bytes("t" + i));
            assertThat(record.headers().lastHeader(DeadLetterHeaders.STEP)).isNull();
            assertThat(new String(
                            record.headers().lastHeader(Replay.REPLAYED_FROM).value(), UTF_8))
                    .startsWith("payments.dead-letters-");
        });
    }

    private void rangesOfAnyTopicGoAnywhere() {
        // By time, to itself: the range ends where the topic ended
        int before = MANY * 2 / 3;
        Replay.Summary late = new Replay(
                        kafka(),
                        request("payments", "payments", Instant.ofEpochMilli(1_000 + 1_190), null, Map.of(), null),
                        false)
                .run();
        int after = before + Math.toIntExact(late.sent().get("payments"));
        assertThat(after).isBetween(before + 1, 2 * before);
        assertThat(broker.read("payments", read -> read.size() >= after)).hasSize(after);

        // By offsets
        Map<Integer, ReplayRequest.Offsets> offsets = ReplayRequest.parseOffsets("0:10-19,1:5-5");
        assertThat(new Replay(kafka(), request("payments", "again", null, null, offsets, null), false)
                        .run()
                        .sent())
                .isEqualTo(Map.of("again", 11L));
        assertThat(broker.read("again", read -> read.size() >= 11)).hasSize(11);

        // Until a time, and no more than asked for
        Instant end = Instant.ofEpochMilli(1_100);
        ReplayRequest early = request("payments.dead-letters", "again", null, end, Map.of(), null);
        assertThat(new Replay(kafka(), early, true)
                        .run().sent().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .isEqualTo(100);
        ReplayRequest few = new ReplayRequest("payments", "again", null, null, Map.of(), null, null, 7);
        assertThat(new Replay(kafka(), few, true).run().sent()).isEqualTo(Map.of("again", 7L));
    }

    private void whatDoesNotSayWhereItBelongsIsNotSent() throws Exception {
        assertThatThrownBy(
                        () -> new Replay(kafka(), request("payments", null, null, null, Map.of(), null), false).run())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("name a topic to send it to");
        broker.create("foreign.dead-letters", 1 << 20);
        ProducerRecord<byte[], byte[]> foreign = new ProducerRecord<>("foreign.dead-letters", bytes("x"));
        foreign.headers().add(DeadLetterHeaders.TOPIC, bytes("payments"));
        foreign.headers().add(DeadLetterHeaders.PARTITION, bytes("first"));
        foreign.headers().add(DeadLetterHeaders.STEP, bytes("a step of its own"));
        broker.send(List.of(foreign));
        ReplayRequest back = request("foreign.dead-letters", null, null, null, Map.of(), null);
        assertThatThrownBy(() -> new Replay(kafka(), back, true).run())
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("offset 0 of partition")
                .hasMessageContaining("name a topic to send it to");
        ReplayRequest elsewhere = request("foreign.dead-letters", "again", null, null, Map.of(), null);
        assertThat(new Replay(kafka(), elsewhere, true).run().sent()).isEqualTo(Map.of("again", 1L));
        assertThatThrownBy(() -> new Replay(kafka(), request("nothing", null, null, null, Map.of(), null), true).run())
                .hasMessageContaining("the topic 'nothing' does not exist");
        assertThatThrownBy(() -> ReplayRequest.parseOffsets("0:a-b")).hasMessageContaining("'0:a-b' is no range");
    }

    private void whatIsStoppedGoesOnWhereItStopped() throws Exception {
        // Given
        broker.create("rest", 1 << 20);
        AtomicReference<Replay> replay = new AtomicReference<>();
        AtomicInteger seen = new AtomicInteger();
        replay.set(new Replay(
                kafka(), request("payments.dead-letters", "rest", null, null, Map.of(), null), false, topic -> {
                    if (seen.incrementAndGet() == MANY / 3) {
                        replay.get().stop();
                    }
                    return true;
                }));

        // When
        long first = replay.get().run().sent().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        Replay.Progress progress = replay.get().progress();
        Map<Integer, ReplayRequest.Offsets> rest = ReplayRequest.parseOffsets(progress.rest());
        Replay.Progress second =
                progress(new Replay(kafka(), request("payments.dead-letters", "rest", null, null, rest, null), false));

        // Then
        assertThat(first).isBetween(MANY / 3L, MANY - 1L);
        assertThat(progress.range()).isEqualTo(MANY + 1);
        assertThat(progress.read()).isBetween(first, MANY + 0L);
        assertThat(second.rest()).isEmpty();
        assertThat(second.read()).isEqualTo(second.range()).isEqualTo(progress.range() - progress.read());
        assertThat(broker.read("rest", read -> read.size() >= MANY).stream().map(each -> new String(each.key(), UTF_8)))
                .hasSize(MANY)
                .doesNotHaveDuplicates();
    }

    private static Replay.Progress progress(Replay replay) {
        replay.run();
        return replay.progress();
    }

    private void lettersOfOtherTopicsOrReasonsStay() {
        ReplayRequest all = request("payments.dead-letters", null, null, null, Map.of(), null);
        Replay.Summary none = new Replay(kafka(), all, false, "others"::equals).run();
        assertThat(none.sent()).isEmpty();
        assertThat(none.left().values()).containsExactlyInAnyOrder(MANY + 0L, 1L);

        ReplayRequest odd = new ReplayRequest(
                "payments.dead-letters", null, null, null, Map.of(), null, "reason 1", Long.MAX_VALUE);
        assertThat(new Replay(kafka(), odd, true).run().sent().values()).containsExactly(MANY / 3L);
    }

    private void oneAtATimeAndAllEndWithTheProcess() {
        Pipeline payments = new Pipeline(
                "payments", "payments", Path.of("none.onnx"), null, Delivery.EXACTLY_ONCE, 1, 1 << 20, kafka());
        ReplayRequest all = request("payments.dead-letters", "payments", null, null, Map.of(), null);
        Replays replays = new Replays(Clock.systemUTC());
        ReplayJob job = replays.start(payments, all, false);
        assertThatThrownBy(() -> replays.start(payments, all, true)).hasMessageContaining(job.id() + " of");

        replays.close();

        assertThat(job.state()).isEqualTo(ReplayJob.State.CANCELLED);
        assertThat(job.progress().read()).isLessThan(job.progress().range());
        assertThat(job.progress().rest()).isNotEmpty();
        assertThat(replays.of("payments")).containsExactly(job);
        assertThat(replays.of("others")).isEmpty();
        assertThatThrownBy(() -> replays.start(payments, all, true)).hasMessageContaining("stops");
    }

    private Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.address());
    }

    private static ReplayRequest request(
            String from,
            String to,
            Instant since,
            Instant until,
            Map<Integer, ReplayRequest.Offsets> offsets,
            String step) {
        return new ReplayRequest(from, to, since, until, offsets, step, null, Long.MAX_VALUE);
    }

    private static ProducerRecord<byte[], byte[]> letter(int i, String step) {
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                "payments.dead-letters", null, 1_000L + i, bytes(Integer.toString(i)), bytes("value " + i));
        letter.headers().add("trace", bytes("t" + i));
        letter.headers().add(DeadLetterHeaders.STEP, bytes(step));
        letter.headers().add(DeadLetterHeaders.REASON, bytes("reason " + i % 3));
        letter.headers().add(DeadLetterHeaders.TOPIC, bytes("payments"));
        letter.headers().add(DeadLetterHeaders.PARTITION, bytes(Integer.toString(i % 2)));
        return letter;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}

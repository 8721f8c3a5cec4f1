package dev.surprisal.scorer.silence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.event.SilenceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keys that tick, fall silent and come again. */
class SilenceBookTest {

    private static final long START = 1_772_359_200_000L;
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final int TICKS = 60;

    private final Map<String, byte[]> kept = new HashMap<>();
    private final List<SilenceEvent> told = new ArrayList<>();
    private int puts;
    private SilenceBook book = book(100);

    private SilenceBook book(int most) {
        return new SilenceBook(SilenceRate.USUAL, most, new SilenceBook.Keeper() {
            @Override
            public void put(byte[] key, byte[] value) {
                puts++;
                kept.put(new String(key, UTF_8), value);
            }

            @Override
            public void remove(byte[] key) {
                kept.remove(new String(key, UTF_8));
            }
        });
    }

    private void come(String key, long afterStart) {
        book.arrive("t", 0, key.getBytes(UTF_8), START + afterStart, (bytes, event) -> told.add(event));
    }

    /** Keys come every minute, one after the other, a second apart. */
    private void tick(int keys, int from, int to) {
        for (int tick = from; tick < to; tick++) {
            for (int key = 0; key < keys; key++) {
                come("k" + key, tick * MINUTE + key * SECOND);
            }
        }
    }

    private List<String> events() {
        return told.stream()
                .map(event -> event.getEvent() + " " + event.getKey())
                .toList();
    }

    /** All but k0 go on. */
    private void withoutFirst(int keys, int from, int to) {
        for (int tick = from; tick < to; tick++) {
            for (int key = 1; key < keys; key++) {
                come("k" + key, tick * MINUTE + key * SECOND);
            }
        }
    }

    private void restart() {
        book = book(100);
        kept.forEach((key, value) -> book.restore(key.getBytes(UTF_8), value));
    }

    @Test
    void aKeyIsToldSilentOnceAndThatItComesAgain() {
        tick(10, 0, TICKS);
        withoutFirst(10, TICKS, 2 * TICKS);
        assertThat(events()).containsExactly("silent k0");
        assertThat(book.silent()).isOne();
        tick(10, 2 * TICKS, 3 * TICKS);

        assertThat(events()).containsExactly("silent k0", "resumed k0");
        SilenceEvent silent = told.get(0);
        SilenceEvent resumed = told.get(1);
        assertThat(silent.getSince().toEpochMilli()).isEqualTo(START + (TICKS - 1) * MINUTE);
        // The pause of all, 51 s of each minute, counts as four usual steps, 24 s.
        assertThat(silent.getLimitMillis()).isBetween(90 * SECOND, 110 * SECOND);
        assertThat(silent.getSilentMillis()).isBetween(3 * MINUTE, 8 * MINUTE);
        assertThat(silent.getUsualMillis()).isBetween(MINUTE - SECOND, MINUTE + SECOND);
        assertThat(resumed.getId()).isEqualTo(silent.getId());
        assertThat(resumed.getSilentMillis()).isEqualTo((TICKS + 1) * MINUTE);
        assertThat(resumed.getSentence()).isEqualTo("k0 has come again after 1 h 1 min; it usually comes every 1 min");
        assertThat(book.silent()).isZero();
    }

    @Test
    void whatIsLateOrHasNoHabitOrNoKeyTellsNothing() {
        tick(10, 0, TICKS);
        come("once", TICKS * MINUTE);
        withoutFirst(10, TICKS, TICKS + 20);
        // A record from before the silence ends none, one of timestamp 0 neither.
        come("k0", (TICKS - 2) * MINUTE);
        come("k0", -START);
        book.arrive("t", 0, null, START + 100 * TICKS * MINUTE, (bytes, event) -> told.add(event));
        withoutFirst(10, TICKS + 20, 2 * TICKS);
        assertThat(events()).containsExactly("silent k0");
    }

    @Test
    void aPauseOfEverythingIsNoSilenceOfEach() {
        tick(50, 0, TICKS);
        // Down for a day, ten times, as is the night.
        for (int day = 1; day <= 10; day++) {
            tick(50, day * 1_440, day * 1_440 + TICKS);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void timestampsThatStandStillTellNothing() {
        for (int i = 0; i < 10_000; i++) {
            book.arrive("t", 0, ("k" + i % 7).getBytes(UTF_8), 0, (bytes, event) -> told.add(event));
        }
        assertThat(told).isEmpty();
        assertThat(book.watched()).isZero();
    }

    @Test
    void aRestartLosesNoSilenceAndTellsNoneTwice() {
        tick(10, 0, TICKS);
        withoutFirst(10, TICKS, TICKS + 2);
        restart();
        assertThat(book.watched()).isEqualTo(10);
        // However old is what was kept of it, it is told by its limit later at most.
        withoutFirst(10, TICKS + 2, TICKS + 7);
        assertThat(events()).containsExactly("silent k0");
        withoutFirst(10, TICKS + 7, TICKS + 30);
        assertThat(events()).containsExactly("silent k0");
        restart();
        assertThat(book.silent()).isOne();
        withoutFirst(10, TICKS + 30, TICKS + 60);
        tick(10, TICKS + 60, TICKS + 90);
        assertThat(events()).containsExactly("silent k0", "resumed k0");
    }

    @Test
    void restartsAtAnyRecordCallNobodySilentWhoIsNot() {
        for (int tick = 0; tick < 4 * TICKS; tick++) {
            tick(10, tick, tick + 1);
            if (tick > TICKS && tick % 7 == 0) {
                restart();
            }
        }
        assertThat(told).isEmpty();
        assertThat(book.watched()).isEqualTo(10);
    }

    @Test
    void keysThatComeOnceGrowNeitherMemoryNorState() {
        tick(10, 0, TICKS);
        int before = kept.size();
        for (int i = 0; i < 5_000; i++) {
            come("uuid-" + i, TICKS * MINUTE + i);
        }
        assertThat(book.learned()).isEqualTo(100);
        assertThat(book.watched()).isEqualTo(10);
        assertThat(kept).hasSize(before);
    }

    @Test
    void thereIsRoomForSoManyAndTheLongestSilentGiveWay() {
        book = book(10);
        tick(10, 0, TICKS);
        withoutFirst(11, TICKS, 2 * TICKS);
        assertThat(events()).containsExactly("silent k0");
        assertThat(book.watched()).isEqualTo(10);
        assertThat(book.silent()).isZero();
        assertThat(kept).doesNotContainKey("t\0k0");
    }

    @Test
    void keysAreKeptSeldom() {
        tick(50, 0, TICKS);
        int before = puts;
        tick(50, TICKS, 2 * TICKS);
        // A key and the time, of every twelfth record at most, however seldom they come.
        assertThat(puts - before).isBetween(1, 2 * 50 * TICKS / 12);
    }

    @Test
    void whatCannotBeReadIsRefused() {
        assertThatThrownBy(() -> book.restore("t\0k".getBytes(UTF_8), new byte[] {9}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no key can be read of it");
        assertThatThrownBy(() -> book.restore(new byte[] {0}, new byte[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no time can be read of it");
    }

    @Test
    void keysThatAreLongAreToldApart() {
        String stem = "x".repeat(500);
        for (int tick = 0; tick < TICKS; tick++) {
            come(stem + "a", tick * MINUTE);
            come(stem + "b", tick * MINUTE + SECOND);
            come("c", tick * MINUTE + 2 * SECOND);
        }
        assertThat(book.watched()).isEqualTo(3);
        for (int tick = TICKS; tick < 2 * TICKS; tick++) {
            come(stem + "b", tick * MINUTE + SECOND);
            come("c", tick * MINUTE + 2 * SECOND);
        }
        assertThat(told).hasSize(1);
        assertThat(told.get(0).getKey()).isEqualTo("x".repeat(200) + "…");
    }
}

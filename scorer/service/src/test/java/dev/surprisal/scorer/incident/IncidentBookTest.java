package dev.surprisal.scorer.incident;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.event.IncidentEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IncidentBookTest {

    private static final long GAP = 600_000;
    private static final Cause HIGH = new Cause("amount", "above");
    private static final Cause LOW = new Cause("amount", "below");
    private static final Cause COUNTRY = new Cause("country", null);

    private final Map<String, byte[]> kept = new LinkedHashMap<>();
    private final List<IncidentEvent> told = new ArrayList<>();
    private IncidentBook book = book(100);
    private long offset;

    private IncidentBook book(int mostOpen) {
        return new IncidentBook(new IncidentGap(Duration.ofMillis(GAP)), mostOpen, new IncidentBook.Keeper() {
            @Override
            public void put(String id, byte[] incident) {
                kept.put(id, incident);
            }

            @Override
            public void remove(String id) {
                kept.remove(id);
            }
        });
    }

    private FlaggedRecord flag(String key, long timestamp, double surprise, Cause... causes) {
        return new FlaggedRecord(
                "payments", 0, offset++, timestamp, key, key, surprise, List.of(causes), "why " + surprise, "v");
    }

    private void add(String key, long timestamp, double surprise, Cause... causes) {
        book.add(flag(key, timestamp, surprise, causes), timestamp, told::add);
    }

    private List<String> events() {
        return told.stream()
                .map(event -> event.getEvent() + " " + event.getWhy())
                .toList();
    }

    @Test
    void oneKeysFlagsForOneCauseAreOneIncident() {
        add("a", 1_000, 10, HIGH);
        add("a", 2_000, 10, HIGH);
        add("a", 2_000 + GAP, 10, HIGH);
        add("b", 2_000, 10, HIGH);

        assertThat(events()).containsExactly("opened first", "updated count", "opened first");
        IncidentEvent updated = told.get(1);
        assertThat(updated.getId()).isEqualTo("payments-0-0");
        assertThat(updated.getKey()).isEqualTo("a");
        assertThat(updated.getField()).isEqualTo("amount");
        assertThat(updated.getDirection()).isEqualTo("above");
        assertThat(book.size()).isEqualTo(2);
    }

    @Test
    void updatesAreFewHoweverManyFlagsCome() {
        for (int i = 0; i < 1_000; i++) {
            add("a", i, 10 + i / 1e6, HIGH);
        }
        assertThat(events())
                .containsExactly(Stream.concat(
                                Stream.of("opened first"),
                                Stream.generate(() -> "updated count").limit(9))
                        .toArray(String[]::new));
        assertThat(told.get(9).getCount()).isEqualTo(512);
    }

    @Test
    void anotherFieldAndAHigherPeakAreNews() {
        add("a", 0, 10, HIGH);
        add("a", 1, 10.5, HIGH);
        add("a", 2, 10.5, HIGH, COUNTRY);
        add("a", 3, 11.4, HIGH, COUNTRY);
        add("a", 4, 11.6, HIGH);

        assertThat(events()).containsExactly("opened first", "updated count", "updated field", "updated peak");
        IncidentEvent last = told.get(3);
        assertThat(last.getFields()).containsExactly("amount", "country");
        assertThat(last.getPeakSurprise()).isEqualTo(11.6);
        assertThat(last.getPeakFlag()).isEqualTo("0-4");
        assertThat(last.getSentence()).isEqualTo("why 11.6");
        assertThat(last.getCount()).isEqualTo(5);
    }

    @Test
    void anotherCauseIsAnotherIncidentThoughTheFirstGoesOn() {
        add("a", 0, 10, HIGH);
        add("a", 1, 10, LOW);
        add("a", 2, 10, COUNTRY, HIGH);
        add("a", 3, 10, HIGH);

        assertThat(events()).containsExactly("opened first", "opened first", "opened first", "updated count");
        assertThat(told.get(3).getId()).isEqualTo("payments-0-0");
    }

    @Test
    void aFlagBelongsToAnIncidentThatBeganForItsCauseToo() {
        add("a", 0, 10, HIGH, COUNTRY);
        add("a", 1, 10, COUNTRY);
        assertThat(events()).containsExactly("opened first", "updated count");
    }

    @Test
    void closesWhenTheGapHasPassedAndOpensANewOneThen() {
        add("a", 0, 10, HIGH);
        add("b", 5, 10, HIGH);
        book.closeUntil(GAP, told::add);
        assertThat(book.size()).isEqualTo(2);
        book.closeUntil(GAP + 1, told::add);
        assertThat(told.get(2).getEvent()).isEqualTo("closed");
        assertThat(told.get(2).getWhy()).isEqualTo("quiet");
        assertThat(told.get(2).getKey()).isEqualTo("a");
        add("a", GAP + 2, 10, HIGH);
        assertThat(told.get(3).getEvent()).isEqualTo("opened");
        assertThat(kept).hasSize(2);
    }

    @Test
    void lateFlagsOfLongAgoAreAnIncidentOfTheirOwn() {
        add("a", 10 * GAP, 10, HIGH);
        book.add(flag("a", 0, 10, HIGH), 10 * GAP, told::add);
        book.add(flag("a", 1, 10, HIGH), 10 * GAP + 1, told::add);
        book.closeUntil(10 * GAP + 1, told::add);

        assertThat(events()).containsExactly("opened first", "opened first", "updated count");
        assertThat(told.get(2).getStart().toEpochMilli()).isZero();
    }

    @Test
    void mutedFlagsAreCountedAndOpenNothingAndKeepNothingOpen() {
        book.addMuted(flag("a", 0, 10, HIGH));
        add("a", 1, 10, HIGH);
        book.addMuted(flag("a", GAP, 20, HIGH));
        book.closeUntil(GAP + 2, told::add);

        assertThat(events()).containsExactly("opened first", "closed quiet");
        assertThat(told.get(1).getMuted()).isOne();
        assertThat(told.get(1).getCount()).isOne();
        assertThat(told.get(1).getPeakSurprise()).isEqualTo(10);
    }

    @Test
    void whereTooManyAreOpenTheQuietestIsClosed() {
        book = book(3);
        add("a", 0, 10, HIGH);
        add("b", 1, 10, HIGH);
        add("c", 2, 10, HIGH);
        add("a", 3, 10, HIGH);
        add("d", 4, 10, HIGH);

        assertThat(book.size()).isEqualTo(3);
        assertThat(kept).hasSize(3);
        IncidentEvent closed = told.get(told.size() - 2);
        assertThat(closed.getKey()).isEqualTo("b");
        assertThat(closed.getWhy()).isEqualTo("room");
    }

    @Test
    void goesOnAfterARestartAsIfThereHadBeenNone() {
        add("a", 0, 10, HIGH, COUNTRY);
        add("a", 1, 10, HIGH);
        add("a", 2, 10, HIGH);
        IncidentBook again = book(100);
        kept.values().forEach(again::restore);
        List<IncidentEvent> toldAgain = new ArrayList<>();
        FlaggedRecord next = flag("a", 3, 10, HIGH);

        book.add(next, 3, told::add);
        again.add(next, 3, toldAgain::add);
        again.closeUntil(4 + GAP, toldAgain::add);
        book.closeUntil(4 + GAP, told::add);

        assertThat(toldAgain).hasSize(2).isEqualTo(told.subList(told.size() - 2, told.size()));
        assertThat(again.latest()).isZero();
    }

    @Test
    void whatIsNoIncidentIsNotRestored() {
        for (String bad : List.of("x", "{}", "null", "{\"id\":\"a\",\"topic\":\"t\",\"causes\":[]}")) {
            assertThatThrownBy(() -> book.restore(bad.getBytes(UTF_8)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aRecordsTextIsBounded() {
        for (int i = 0; i < 50; i++) {
            add("a", i, 10, HIGH, new Cause("field " + i, null));
        }
        assertThat(told.get(told.size() - 1).getFields()).hasSize(32);
        String key = "k".repeat(5_000);
        assertThat(FlaggedRecord.text(key.getBytes(UTF_8))).hasSize(201);
    }
}

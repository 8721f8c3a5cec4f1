package dev.surprisal.scorer.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentLogTest {

    @Test
    void keepsTheLatestInNumberAndBytes() {
        RecentLog<String> few = new RecentLog<>(3, 1_000, String::length);
        RecentLog<String> small = new RecentLog<>(100, 7, String::length);
        for (int i = 1; i <= 5; i++) {
            few.add("n" + i);
            small.add("n" + i);
        }

        assertThat(few.latestFirst()).extracting(RecentLog.Entry::value).containsExactly("n5", "n4", "n3");
        assertThat(small.latestFirst()).extracting(RecentLog.Entry::value).containsExactly("n5", "n4", "n3");
        assertThat(few.last()).isEqualTo(5);
        assertThat(few.size()).isEqualTo(3);
    }

    @Test
    void keepsOneThatIsLargerThanAll() {
        RecentLog<String> log = new RecentLog<>(10, 4, String::length);
        log.add("ab");
        log.add("much too long");

        assertThat(log.latestFirst()).extracting(RecentLog.Entry::value).containsExactly("much too long");
    }

    @Test
    void tellsWhatCameAfterANumber() {
        RecentLog<String> log = new RecentLog<>(10, 1_000, String::length);
        for (int i = 1; i <= 5; i++) {
            log.add("n" + i);
        }

        assertThat(log.after(2, 10)).extracting(RecentLog.Entry::number).containsExactly(5L, 4L, 3L);
        assertThat(log.after(0, 2)).extracting(RecentLog.Entry::number).containsExactly(5L, 4L);
        assertThat(log.after(5, 10)).isEmpty();
    }
}

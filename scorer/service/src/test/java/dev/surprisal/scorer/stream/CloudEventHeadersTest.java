package dev.surprisal.scorer.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.scorer.format.EventFormat;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.time.Instant;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

/** What we write by hand, read by the SDK. */
class CloudEventHeadersTest {

    private static final byte[] VALUE = "{}".getBytes(UTF_8);

    private final CloudEventHeaders headers = new CloudEventHeaders("score", "payments.scores", EventFormat.JSON);

    @Test
    void theSdkReadsTheEvent() {
        CloudEvent event = read(headers.of("payments-0-17", 1_764_000_000_123L));

        assertThat(event.getSpecVersion().toString()).isEqualTo("1.0");
        assertThat(event.getId()).isEqualTo("payments-0-17");
        assertThat(event.getSource()).isEqualTo(URI.create("/surprisal/payments.scores"));
        assertThat(event.getType()).isEqualTo("dev.surprisal.score");
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getTime().toInstant()).isEqualTo(Instant.parse("2025-11-24T16:00:00.123Z"));
        assertThat(event.getData().toBytes()).isEqualTo(VALUE);
    }

    @Test
    void timesComeOutAsTheyWentIn() {
        SplittableRandom random = new SplittableRandom(11);
        long millis = 0;
        for (int i = 0; i < 10_000; i++) {
            // Also within the same second, and backwards.
            millis = i % 3 == 0
                    ? random.nextLong(253_402_300_800_000L)
                    : Math.max(0, millis + random.nextInt(-700, 700));

            assertThat(read(headers.of("a", millis)).getTime().toInstant().toEpochMilli())
                    .isEqualTo(millis);
        }
    }

    @Test
    void aTimeThatTheStandardDoesNotHaveIsLeftOut() {
        assertThat(read(headers.of("a", 253_402_300_800_000L)).getTime()).isNull();
        assertThat(read(headers.of("a", -1)).getTime()).isNull();
    }

    @Test
    void avroHasAnotherType() {
        CloudEventHeaders avro = new CloudEventHeaders("score", "payments.scores", EventFormat.AVRO);

        assertThat(read(avro.of("a", 1)).getDataContentType()).isEqualTo("application/avro");
    }

    private static CloudEvent read(Headers headers) {
        return KafkaMessageFactory.createReader(headers, VALUE).toEvent();
    }
}

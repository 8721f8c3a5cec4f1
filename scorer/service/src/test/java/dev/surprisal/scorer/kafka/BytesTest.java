package dev.surprisal.scorer.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BytesTest {

    @Test
    void showsTextAsItIsAndOtherBytesInHexadecimal() {
        assertThat(Bytes.text(null, 10)).isNull();
        assertThat(Bytes.text(new byte[0], 10)).isEmpty();
        assertThat(Bytes.text("Zoë".getBytes(UTF_8), 10)).isEqualTo("Zoë");
        assertThat(Bytes.text(new byte[] {0, (byte) 0xff}, 10)).isEqualTo("0x00ff");
        assertThat(Bytes.text(new byte[100], 10)).hasSize(11);
    }

    @Test
    void cutsBetweenCharacters() {
        for (int most = 1; most < 12; most++) {
            String cut = Bytes.text("aéé€€😀😀".getBytes(UTF_8), most);
            assertThat(cut).doesNotStartWith("0x").doesNotContain("\uFFFD").endsWith("…");
            assertThat("aéé€€😀😀").startsWith(cut.substring(0, cut.length() - 1));
        }
    }
}

package dev.surprisal.scorer.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Keys and values of records, for people. */
public final class Bytes {

    private static final int UTF_8_CHARACTER = 4;
    private static final int MOST_HEX = 32;

    private Bytes() {}

    /** The beginning of some bytes as text: as it is where that is UTF-8, otherwise in hexadecimal. */
    public static String text(byte[] bytes, int most) {
        if (bytes == null) {
            return null;
        }
        boolean whole = bytes.length <= most;
        // A cut may go through a character.
        for (int cut = 0; cut < (whole ? 1 : UTF_8_CHARACTER); cut++) {
            String text = utf8(bytes, Math.min(bytes.length, most) - cut);
            if (text != null) {
                return text + (whole ? "" : "…");
            }
        }
        int length = Math.min(bytes.length, MOST_HEX);
        return "0x" + HexFormat.of().formatHex(Arrays.copyOf(bytes, length)) + (length < bytes.length ? "…" : "");
    }

    private static String utf8(byte[] bytes, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}

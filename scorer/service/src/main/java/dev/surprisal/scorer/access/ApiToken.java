package dev.surprisal.scorer.access;

import dev.surprisal.schemas.SurprisalException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API token as configuration knows it: by its hash.
 *
 * <p>Tokens are 256 random bits, so that one round of SHA-256 is enough: there is nothing to guess.
 *
 * @param name whose it is, for the log
 * @param scope what it is good for
 * @param hash its SHA-256
 */
public record ApiToken(String name, Scope scope, byte[] hash) {

    /** What every token begins with, so that scanners find those that leak. */
    public static final String PREFIX = "srp_";

    private static final int BYTES = 32;
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._@-]{1,100})\\s+(\\w+)\\s+sha256:([0-9a-f]{64})");

    /** A new token, to be given to whoever it is for, and kept nowhere else. */
    public static String random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What configuration holds of a token. */
    public static ApiToken of(String name, Scope scope, String token) {
        return new ApiToken(name, scope, hash(token));
    }

    /**
     * Reads a line of a file of tokens.
     *
     * @param where names the line in errors
     * @throws SurprisalException if it is none; what stands there is not repeated, since it may be a secret
     */
    static ApiToken parse(String line, String where) {
        Matcher matcher = LINE.matcher(line.strip());
        if (!matcher.matches()) {
            throw new SurprisalException(
                    where + ": not NAME SCOPE sha256:HASH, as `surprisal token NAME --scope SCOPE` makes it");
        }
        try {
            return new ApiToken(
                    matcher.group(1),
                    Scope.parse(matcher.group(2)),
                    HexFormat.of().parseHex(matcher.group(3)));
        } catch (SurprisalException e) {
            throw new SurprisalException(where + ": " + e.getMessage(), e);
        }
    }

    /** As a line of a file of tokens. */
    public String line() {
        return name + " " + scope.text() + " sha256:" + HexFormat.of().formatHex(hash);
    }

    /** Whether this is the token of some hash, in a time that does not tell how much of it is right. */
    boolean hasHash(byte[] other) {
        return MessageDigest.isEqual(hash, other);
    }

    static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return name + " (" + scope.text() + ")";
    }
}

package dev.surprisal.scorer.access;

import dev.surprisal.schemas.SurprisalException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What somebody may do over HTTP. Each scope includes those before it. */
public enum Scope {
    /** Look at everything, and score records over HTTP. */
    READ,
    /** Label, mute, send records again, set another alarm rate. */
    OPERATE,
    /** Say which model scores. */
    ADMIN;

    /** What an identity provider calls them begins with this, so that an administrator of something else is none here. */
    static final String PREFIX = "surprisal.";

    /** As it stands in the file of tokens. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As Micronaut's roles, with those that are included. */
    public List<String> roles() {
        return Arrays.stream(values())
                .filter(scope -> scope.compareTo(this) <= 0)
                .map(scope -> PREFIX + scope.text())
                .toList();
    }

    /**
     * Reads a scope.
     *
     * @throws SurprisalException if it is none
     */
    public static Scope parse(String text) {
        return Arrays.stream(values())
                .filter(scope -> scope.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new SurprisalException("there is no such scope; there are read, operate and admin"));
    }
}

package dev.surprisal.scorer.access;

import java.util.regex.Pattern;

/** Names and addresses under which a machine reaches only itself. */
final class Loopback {

    private static final Pattern ADDRESS =
            Pattern.compile("(?i)localhost|127(\\.\\d{1,3}){3}|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?");

    private Loopback() {}

    static boolean is(String host) {
        return ADDRESS.matcher(host).matches();
    }

    /** The same of a Host header, which may have a port. */
    static boolean isHeader(String host) {
        return is(host.replaceFirst(":\\d{1,5}$", ""));
    }
}

package dev.surprisal.scorer.mute;

/** Rules without a topic. */
public final class TestRules {

    private TestRules() {}

    public static void put(MuteRules rules, MuteRule rule) {
        rules.put(rule);
    }

    public static void remove(MuteRules rules, String id) {
        rules.remove(id);
    }
}

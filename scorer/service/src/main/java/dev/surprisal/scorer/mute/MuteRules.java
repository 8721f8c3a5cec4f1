package dev.surprisal.scorer.mute;

import dev.surprisal.scorer.incident.FlaggedRecord;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The mute rules of one pipeline as they are now. Changed by whoever follows their topic, asked by any thread. */
public final class MuteRules {

    /** Of a pipeline without any, ever. */
    public static final MuteRules NONE = new MuteRules();

    private final SortedMap<String, MuteRule> byId = new TreeMap<>();
    private volatile List<MuteRule> rules = List.of();

    /**
     * The rule that mutes a flag.
     *
     * @param now by the clock, milliseconds since 1970-01-01T00:00Z
     * @return its id, the first in order where several do; null where none does
     */
    public String mutedBy(FlaggedRecord flag, long now) {
        for (MuteRule rule : rules) {
            if (rule.mutes(flag, now)) {
                return rule.id();
            }
        }
        return null;
    }

    /** All of them, expired ones too, by id. */
    public List<MuteRule> all() {
        return rules;
    }

    /** How many hold at a time. */
    public long active(long now) {
        return rules.stream().filter(rule -> now < rule.expires()).count();
    }

    synchronized void put(MuteRule rule) {
        byId.put(rule.id(), rule);
        rules = List.copyOf(byId.values());
    }

    synchronized void remove(String id) {
        byId.remove(id);
        rules = List.copyOf(byId.values());
    }

    synchronized int size() {
        return byId.size();
    }
}

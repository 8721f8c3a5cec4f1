package dev.surprisal.scorer.instance;

/** Is told what instances say of themselves, by one thread. */
public interface InstanceListener {

    /**
     * An instance is, or was, like this.
     *
     * @param time when it said so, milliseconds since 1970-01-01T00:00Z by the clock here, as well as is known
     */
    void heard(InstanceSummary summary, long time);

    /** An instance has stopped, and said so. */
    void left(InstanceTopic.Key instance);
}

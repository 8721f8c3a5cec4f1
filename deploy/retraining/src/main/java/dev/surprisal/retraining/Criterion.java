package dev.surprisal.retraining;

/**
 * One thing that a challenger is measured by.
 *
 * @param name {@code records}, {@code alarm_rate}, {@code bound}, {@code false_alarms}, {@code confirmed} or {@code precision}
 * @param passed whether it is good enough
 * @param sentence what was found, and what it takes
 */
record Criterion(String name, boolean passed, String sentence) {}

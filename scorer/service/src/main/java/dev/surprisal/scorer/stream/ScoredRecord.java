package dev.surprisal.scorer.stream;

import dev.surprisal.scorer.model.ServedModel;

/**
 * What became of a record, and by which model.
 *
 * @param model that scores and flags
 * @param outcome by that model
 * @param shadow that only scores; null where there is none
 * @param shadowOutcome by the shadow; null where there is none, or it failed on several records together
 */
public record ScoredRecord(ServedModel model, Outcome outcome, ServedModel shadow, Outcome shadowOutcome) {}

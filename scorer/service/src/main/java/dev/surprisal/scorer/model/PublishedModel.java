package dev.surprisal.scorer.model;

import java.time.Instant;

/**
 * A model file on the topic of models.
 *
 * @param version the version in its card
 * @param sha256 of the file, hexadecimal
 * @param bytes the file's size
 * @param published when
 */
public record PublishedModel(String version, String sha256, long bytes, Instant published) {}

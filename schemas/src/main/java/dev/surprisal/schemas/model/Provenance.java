package dev.surprisal.schemas.model;

import java.time.Instant;
import java.util.Map;

/**
 * Where a model comes from.
 *
 * @param trainedAt when training ended
 * @param seconds how long it took
 * @param dataFingerprint SHA-256 of the training data's rows, in hexadecimal
 * @param trainingRows how many records the network was fitted to
 * @param calibrationRows how many were held out for the calibration
 * @param seed of all randomness
 * @param configuration of the network and its training
 * @param versions of the libraries that took part
 */
public record Provenance(
        Instant trainedAt,
        double seconds,
        String dataFingerprint,
        long trainingRows,
        long calibrationRows,
        long seed,
        Map<String, String> configuration,
        Map<String, String> versions) {

    public Provenance {
        configuration = Map.copyOf(configuration);
        versions = Map.copyOf(versions);
    }
}

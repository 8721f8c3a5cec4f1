package dev.surprisal.scorer.cli;

import dev.surprisal.scorer.stream.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings that `serve` knows, for those who hold files of settings to them. */
public final class KnownSettings {

    private KnownSettings() {}

    /** Those of one pipeline. */
    public static Set<String> ofPipeline() {
        return Settings.PIPELINE_KEYS;
    }

    /** Those beside pipelines and properties of Kafka's clients. */
    public static Set<String> ofAll() {
        return Settings.KEYS;
    }

    /** Whether an environment variable is a setting. */
    public static boolean isVariable(String name) {
        return !SettingsEnvironment.read(Map.of(name, "any"), Set.of()).isEmpty();
    }

    /** The pipelines of a file and an environment, which are refused where `serve` would refuse them. */
    public static List<Pipeline> pipelines(Path file, Map<String, String> environment) {
        return new Settings(Map.of(), environment, file).pipelines();
    }
}

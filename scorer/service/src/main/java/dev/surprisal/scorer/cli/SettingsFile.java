package dev.surprisal.scorer.cli;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Settings from a YAML file, whose one key at the top is {@code surprisal}. */
final class SettingsFile {

    private SettingsFile() {}

    /**
     * The settings in a file, by key, levels joined by dots.
     *
     * @throws SurprisalException naming the file and the line or key at fault
     */
    static Map<String, String> read(Path file) {
        if (!(parse(file) instanceof Map<?, ?> root)
                || !(root.get("surprisal") instanceof Map<?, ?> ours)
                || root.size() != 1) {
            throw new SurprisalException(file + ": the one key at the top must be 'surprisal'");
        }
        Map<String, String> flat = new TreeMap<>();
        flatten(file, "", ours, flat);
        return flat;
    }

    private static Object parse(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).load(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new SurprisalException(file + ": not text in UTF-8", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        } catch (MarkedYAMLException e) {
            throw new SurprisalException(
                    file + " line " + (e.getProblemMark().getLine() + 1) + ": not YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new SurprisalException(file + ": not YAML: " + e.getMessage(), e);
        }
    }

    private static void flatten(Path file, String prefix, Map<?, ?> tree, Map<String, String> flat) {
        tree.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> branch) {
                flatten(file, key + ".", branch, flat);
                return;
            }
            checkKnown(file, key);
            if (value == null) {
                throw new SurprisalException(file + ": the key 'surprisal." + key + "' has no value");
            }
            flat.put(key, text(value));
        });
    }

    /** Lists as Kafka writes them. */
    private static String text(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }

    private static void checkKnown(Path file, String key) {
        int dot = key.lastIndexOf('.');
        boolean ofPipeline = key.startsWith(Settings.PIPELINES)
                && dot > Settings.PIPELINES.length()
                && Settings.PIPELINE_KEYS.contains(key.substring(dot + 1));
        if (!(key.startsWith(Settings.KAFKA)
                || Settings.KEYS.contains(key)
                || ofPipeline
                || Settings.PIPELINE_KEYS.contains(key))) {
            throw new SurprisalException(file + ": unknown key 'surprisal." + key
                    + "'; known are "
                    + String.join(", ", Settings.KEYS) + ", kafka.<property>, and of a pipeline "
                    + String.join(", ", Settings.PIPELINE_KEYS));
        }
    }
}

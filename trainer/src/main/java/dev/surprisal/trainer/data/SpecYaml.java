package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.schemas.record.FieldType;
import java.util.Locale;

/** The text of a drawn spec: one line a field, with a reason as its comment. */
final class SpecYaml {

    private static final JsonMapper JSON = new JsonMapper();

    private final StringBuilder yaml = new StringBuilder();

    /**
     * Begins a spec.
     *
     * @param source of what it is drawn
     * @param name of the records
     */
    SpecYaml(String source, String name) {
        yaml.append("# Record spec, drawn from ")
                .append(source)
                .append(". Edit it: the types decide what the model looks at.\n");
        yaml.append(
                "# Types: number, category, boolean, timestamp, ignored. A field that may be missing is `optional: true`.\n");
        yaml.append("format: 1\n");
        yaml.append("name: ").append(quoted(name)).append('\n');
    }

    void csv(boolean header, char delimiter) {
        yaml.append("csv: {header: ")
                .append(header)
                .append(", delimiter: ")
                .append(quoted(String.valueOf(delimiter)))
                .append("}\n");
    }

    /** @param learnable whether there is a field that the model would look at */
    void fields(boolean learnable) {
        if (!learnable) {
            yaml.append("# No field looks like one to learn from: give at least one another type.\n");
        }
        yaml.append("fields:\n");
    }

    /**
     * Adds a field.
     *
     * @param format of a timestamp; null for none
     * @param reason of the type; goes into a comment
     */
    void field(String name, FieldType type, String format, boolean optional, String reason) {
        StringBuilder line =
                new StringBuilder("  - {name: ").append(quoted(name)).append(", type: ");
        line.append(type.name().toLowerCase(Locale.ROOT));
        if (format != null) {
            line.append(", format: ").append(quoted(format));
        }
        if (optional) {
            line.append(", optional: true");
        }
        line.append('}');
        while (line.length() < 60) {
            line.append(' ');
        }
        yaml.append(line).append(" # ").append(reason).append('\n');
    }

    /** As YAML takes it: plain where nothing can be misread. */
    private static String quoted(String text) {
        try {
            return text.matches("[A-Za-z_][A-Za-z0-9_.-]*") && !text.matches("(?i)true|false|null|yes|no|on|off|y|n")
                    ? text
                    : JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text can always be written as JSON", e);
        }
    }

    @Override
    public String toString() {
        return yaml.toString();
    }
}

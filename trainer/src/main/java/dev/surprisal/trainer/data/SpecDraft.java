package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.surprisal.schemas.event.RecordCoordinates;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** A first record spec, drawn from a look at a file: one line a field, with what was seen of it as a comment. */
public final class SpecDraft {

    private static final JsonMapper JSON = new JsonMapper();
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};

    private static final int MOST_FIELDS = 10_000;

    private final Path path;
    private final String name;
    private final String label;
    private final Map<String, FieldProfile> profiles = new LinkedHashMap<>();
    private boolean csv;
    private boolean header = true;
    private char delimiter = ',';
    private long records;

    private SpecDraft(Path path, String name, String label) {
        this.path = path;
        this.name = name;
        this.label = label;
    }

    /**
     * Looks at a file.
     *
     * @param name of the records; null = from the file's name
     * @param label the field that holds the truth and that the model is not to look at; may be null
     * @param position hears how many bytes have been read
     * @throws DataException if it is no file of records
     */
    public static SpecDraft of(Path path, String name, String label, LongConsumer position) {
        SpecDraft draft = new SpecDraft(path, name == null ? nameOf(path) : name, label);
        draft.checkName();
        try {
            draft.read(position);
        } catch (IOException e) {
            throw new DataException(path + ": cannot be read: " + e.getMessage(), e);
        }
        if (draft.records == 0) {
            throw new DataException(path + (draft.csv ? ": there is a header but no record" : ": there is no record"));
        }
        if (label != null && !draft.profiles.containsKey(label)) {
            throw new DataException(path + ": there is no field '" + label + "'; there are "
                    + String.join(", ", draft.profiles.keySet()));
        }
        return draft;
    }

    public long records() {
        return records;
    }

    public int fields() {
        return profiles.size();
    }

    private static String nameOf(Path path) {
        String file = path.getFileName() == null ? "" : path.getFileName().toString();
        String stem = file.replaceFirst("\\.gz$", "")
                .replaceFirst("\\.(csv|tsv|txt|jsonl|ndjson|json|data|avro|parquet)$", "");
        String plain = stem.replaceAll("[^A-Za-z0-9._-]", "-");
        return plain.isEmpty() ? "records" : plain.substring(0, Math.min(100, plain.length()));
    }

    /** The name's rules are the spec's own. */
    private void checkName() {
        RecordSpec ignored = new RecordSpec(RecordSpec.FORMAT, name, null, List.of(Field.of("any", FieldType.NUMBER)));
    }

    private void read(LongConsumer position) throws IOException {
        Optional<JsonObjects> objects = JsonObjects.open(path);
        if (objects.isPresent()) {
            try (JsonObjects open = objects.get()) {
                readJson(open, position);
            }
            return;
        }
        try (TextFile file = TextFile.open(path)) {
            int first = file.firstCharacter();
            if (first < 0) {
                throw new DataException(path + ": the file is empty");
            }
            if (first == '{') {
                readJson(new JsonLines(file), position);
            } else {
                readCsv(file, position);
            }
        }
    }

    private void readJson(JsonObjects objects, LongConsumer position) {
        String object;
        while ((object = objects.next()) != null) {
            try {
                JsonNode node = JSON.readTree(object);
                if (!node.isObject()) {
                    throw new DataException(path + " " + objects.place() + ": not a JSON object");
                }
                records++;
                object("", node);
            } catch (JsonProcessingException e) {
                throw new DataException(path + " " + objects.place() + ": not JSON: " + e.getOriginalMessage(), e);
            }
            if (records % 10_000 == 0) {
                position.accept(objects.position());
            }
        }
        profiles.values().forEach(profile -> profile.absentUpTo(records));
    }

    private void object(String prefix, JsonNode object) {
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            String field = prefix + property.getKey();
            JsonNode value = property.getValue();
            if (field.isBlank() || field.equals(RecordCoordinates.FIELD)) {
                continue; // no spec could name it, or `export` put it there
            }
            if (value.isObject() && !value.isEmpty()) {
                object(field + ".", value);
            } else if (value.isContainerNode()) {
                profile(field).addStructure();
            } else if (value.isNull()) {
                profile(field).addMissing();
            } else if (value.isNumber()) {
                profile(field).addNumber(value.asText());
            } else {
                profile(field).addText(value.asText());
            }
        }
    }

    private FieldProfile profile(String field) {
        if (profiles.size() == MOST_FIELDS && !profiles.containsKey(field)) {
            throw new DataException(path + ": more than " + MOST_FIELDS
                    + " different fields; are keys of its objects values, such as identifiers?");
        }
        return profiles.computeIfAbsent(field, FieldProfile::new);
    }

    private void readCsv(TextFile file, LongConsumer position) {
        csv = true;
        delimiter = delimiter(file);
        Iterator<CsvRecord> lines = CsvRecords.lines(file, delimiter);
        try {
            CsvRecord first = lines.next();
            CsvRecord second = lines.hasNext() ? lines.next() : null;
            header = isHeader(first.getFields(), second);
            List<FieldProfile> columns = columns(first.getFields());
            if (!header) {
                take(first, columns);
            }
            if (second != null) {
                take(second, columns);
            }
            while (lines.hasNext()) {
                take(lines.next(), columns);
                if (records % 10_000 == 0) {
                    position.accept(file.position());
                }
            }
            if (header && records > 0 && columns.stream().anyMatch(column -> column.holds(column.name()))) {
                unname(first, columns);
            }
        } catch (UncheckedIOException e) {
            throw file.failure(e.getCause());
        } catch (CsvParseException e) {
            throw new DataException(path + " near record " + (records + 1) + ": not CSV: " + e.getMessage(), e);
        }
    }

    private List<FieldProfile> columns(List<String> first) {
        List<FieldProfile> columns = new ArrayList<>();
        for (int column = 0; column < first.size(); column++) {
            String name = header ? first.get(column).strip() : nameOf(column);
            if (name.isEmpty()) {
                throw new DataException(path + ": column " + (column + 1) + " has no name in the header; give it one");
            }
            if (profiles.containsKey(name)) {
                throw new DataException(path + ": the column '" + name + "' stands twice in the header");
            }
            columns.add(profile(name));
        }
        return columns;
    }

    private static String nameOf(int column) {
        return "f" + (column + 1);
    }

    /** Takes the first line for a record after all: a name that comes again as a value of its column is a value. */
    private void unname(CsvRecord first, List<FieldProfile> columns) {
        header = false;
        profiles.clear();
        for (int column = 0; column < columns.size(); column++) {
            columns.get(column).rename(nameOf(column));
            profiles.put(nameOf(column), columns.get(column));
        }
        take(first, columns);
    }

    private void take(CsvRecord line, List<FieldProfile> columns) {
        if (line.getFieldCount() != columns.size()) {
            throw new DataException(path + " line " + line.getStartingLineNumber() + ": " + line.getFieldCount()
                    + " columns where " + columns.size() + " are expected");
        }
        records++;
        for (int column = 0; column < columns.size(); column++) {
            columns.get(column).addFileText(line.getField(column));
        }
    }

    /** The character that stands most often in the first line, outside quotes. */
    private static char delimiter(TextFile file) {
        String line = file.peekLine();
        char best = ',';
        long most = 0;
        for (char candidate : DELIMITERS) {
            long count = line.replaceAll("\"[^\"]*\"", "")
                    .chars()
                    .filter(c -> c == candidate)
                    .count();
            if (count > most) {
                best = candidate;
                most = count;
            }
        }
        return best;
    }

    /**
     * Whether a first line names the columns: it holds no number and no missing value, and names that differ unless numbers stand below them. The
     * first name may be empty, as where the index of a data frame was written too.
     */
    private static boolean isHeader(List<String> first, CsvRecord second) {
        if (first.stream().anyMatch(SpecDraft::isNumber)
                || first.stream().skip(1).anyMatch(RecordEncoder::isMissing)) {
            return false;
        }
        boolean numbersBelow = second != null && second.getFields().stream().anyMatch(SpecDraft::isNumber);
        return numbersBelow || (!RecordEncoder.isMissing(first.get(0)) && new HashSet<>(first).size() == first.size());
    }

    private static boolean isNumber(String text) {
        return text.strip().matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    }

    /** The spec as YAML. */
    public String toYaml() {
        SpecYaml yaml = new SpecYaml(String.format(Locale.ROOT, "%s (%,d records)", path.getFileName(), records), name);
        if (csv && (!header || delimiter != ',')) {
            yaml.csv(header, delimiter);
        }
        yaml.fields(profiles.values().stream().anyMatch(profile -> typeOf(profile) != FieldType.IGNORED));
        profiles.values().forEach(profile -> add(profile, yaml));
        return yaml.toString();
    }

    private FieldType typeOf(FieldProfile profile) {
        return profile.name().equals(label)
                ? FieldType.IGNORED
                : profile.suggestion().type();
    }

    private void add(FieldProfile profile, SpecYaml yaml) {
        FieldProfile.Suggestion suggestion = profile.suggestion();
        FieldType type = typeOf(profile);
        boolean labels = profile.name().equals(label);
        boolean missing = profile.missingShare() > 0;
        String reason = (labels ? "the label; " : "") + suggestion.reason();
        yaml.field(
                profile.name(),
                type,
                labels ? null : suggestion.format(),
                missing && type != FieldType.IGNORED,
                missing
                        ? reason + String.format(Locale.ROOT, "; %.3g %% missing", 100 * profile.missingShare())
                        : reason);
    }
}

package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The records of a CSV file. */
final class CsvRecords implements RecordReader {

    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 100;
    private static final JsonFactory JSON = new JsonFactory();

    private final TextFile file;
    private final List<Field> fields;
    private final Iterator<CsvRecord> records;
    private final Map<String, Integer> columns = new HashMap<>();
    /** The index in the spec of each column of the file; -1 if the spec does not know it. */
    private final int[] fieldOfColumn;
    /** The column of each field of the spec; -1 if the file lacks it. */
    private final int[] columnOfField;

    private CsvRecord current;

    CsvRecords(TextFile file, RecordSpec spec, List<String> more) {
        this.file = file;
        fields = spec.fields();
        records = lines(file, spec.csv().delimiter());
        List<String> names = fields.stream().map(Field::name).toList();
        if (spec.csv().header()) {
            advance();
        }
        List<String> inFile = spec.csv().header()
                ? current.getFields().stream().map(String::strip).toList()
                : names;
        // First, for where it is misspelt, its right spelling is likely to be unknown to the spec.
        for (String name : more) {
            if (!inFile.contains(name)) {
                throw new DataException(file.path() + ": there is no column '" + name + "'; there are "
                        + String.join(", ", new TreeSet<>(inFile)));
            }
        }
        inFile.forEach(name -> addColumn(name, names, more));
        fieldOfColumn = new int[columns.size()];
        columns.forEach((name, column) -> fieldOfColumn[column] = names.indexOf(name));
        columnOfField =
                names.stream().mapToInt(name -> columns.getOrDefault(name, -1)).toArray();
        refuseWhatIsAbsent();
        if (!hasNext()) {
            throw new DataException(file.path() + ": there is a header but no record");
        }
    }

    /** The lines of a CSV file, the header included, of as many columns each as it happens to have. */
    static Iterator<CsvRecord> lines(TextFile file, char delimiter) {
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .maxBufferSize(TextFile.LONGEST_RECORD)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .ofCsvRecord(file.reader())
                .iterator();
    }

    private void addColumn(String name, List<String> names, List<String> more) {
        if (!names.contains(name) && !more.contains(name)) {
            throw new DataException(file.path() + ": the spec does not know the column '" + name
                    + "'; add it to the spec, as `type: ignored` if the model is not to look at it");
        }
        if (columns.put(name, columns.size()) != null) {
            throw new DataException(file.path() + ": the column '" + name + "' stands twice in the header");
        }
    }

    /** Columns that the model does not look at, such as a label, may be absent. */
    private void refuseWhatIsAbsent() {
        for (int field = 0; field < columnOfField.length; field++) {
            if (columnOfField[field] < 0 && fields.get(field).type() != FieldType.IGNORED) {
                throw new DataException(file.path() + ": the header lacks the column '"
                        + fields.get(field).name() + "' of the spec");
            }
        }
    }

    @Override
    public boolean next() {
        if (!advance()) {
            return false;
        }
        if (current.getFieldCount() != fieldOfColumn.length) {
            throw new DataException(file.path() + " " + place() + ": " + current.getFieldCount() + " columns where "
                    + fieldOfColumn.length + " are expected");
        }
        return true;
    }

    private boolean advance() {
        if (!hasNext()) {
            return false;
        }
        current = records.next();
        return true;
    }

    /** Reads ahead: whatever is wrong with the next record comes to light here. */
    private boolean hasNext() {
        try {
            return records.hasNext();
        } catch (UncheckedIOException e) {
            throw file.failure(e.getCause());
        } catch (CsvParseException e) {
            long line = current == null ? 1 : current.getStartingLineNumber() + 1;
            throw new DataException(file.path() + " near line " + line + ": not CSV: " + reason(e), e);
        }
    }

    private static String reason(CsvParseException e) {
        return e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
    }

    @Override
    public String place() {
        return "line " + current.getStartingLineNumber();
    }

    @Override
    public void encode(RecordEncoder encoder, EncodedRow row) {
        encoder.begin(row);
        for (int column = 0; column < fieldOfColumn.length; column++) {
            if (fieldOfColumn[column] >= 0) {
                encoder.fileText(fieldOfColumn[column], current.getField(column));
            }
        }
        encoder.end();
    }

    @Override
    public String text(String field) {
        Integer column = columns.get(field);
        return column == null ? "" : current.getField(column);
    }

    @Override
    public List<String> columns() {
        return columns.entrySet().stream()
                .sorted(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public String json() {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (int field = 0; field < columnOfField.length; field++) {
                if (columnOfField[field] >= 0) {
                    json.writeFieldName(fields.get(field).name());
                    value(json, fields.get(field), current.getField(columnOfField[field]));
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void value(JsonGenerator json, Field field, String text) throws IOException {
        if (RecordEncoder.isMissing(text)) {
            json.writeNull();
            return;
        }
        switch (field.type()) {
            case NUMBER -> {
                if (isJsonNumber(text)) {
                    json.writeNumber(text);
                } else {
                    otherNumber(json, text);
                }
            }
            case BOOLEAN -> {
                Optional<Boolean> truth = RecordEncoder.truthOf(text);
                if (truth.isPresent()) {
                    json.writeBoolean(truth.get());
                } else {
                    json.writeString(text);
                }
            }
            case CATEGORY, TIMESTAMP, IGNORED -> json.writeString(text);
        }
    }

    /** Whether a JSON parser reads a number's text to the very same bits: an integer has no negative zero, and parsers bound the length. */
    private static boolean isJsonNumber(String text) {
        return text.length() <= LONGEST_NUMBER
                && !text.equals("-0")
                && JSON_NUMBER.matcher(text).matches();
    }

    /** A number that Java reads and JSON does not, such as +1 or .5; what is none stays text, so that whoever reads it can say so. */
    private static void otherNumber(JsonGenerator json, String text) throws IOException {
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            json.writeString(text);
            return;
        }
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            json.writeString(text);
        } else {
            json.writeNumber(number);
        }
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public long position() {
        return file.position();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

package dev.surprisal.trainer.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/** The records of a CSV file. */
final class CsvRecords implements RecordReader {

    private static final Pattern JSON_NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final JsonFactory JSON = new JsonFactory();

    private final TextFile file;
    private final List<Field> fields;
    private final Iterator<CsvRecord> records;
    /** The index in the spec of each column of the file. */
    private final int[] fieldOfColumn;

    private final int[] columnOfField;
    private CsvRecord current;

    CsvRecords(TextFile file, RecordSpec spec) {
        this.file = file;
        fields = spec.fields();
        records = CsvReader.builder()
                .fieldSeparator(spec.csv().delimiter())
                .maxBufferSize(TextFile.LONGEST_RECORD)
                .ofCsvRecord(file.reader())
                .iterator();
        if (spec.csv().header()) {
            if (!advance()) {
                throw new DataException(file.path() + ": the file is empty");
            }
            fieldOfColumn = byName(current.getFields());
            if (!records.hasNext()) {
                throw new DataException(file.path() + ": there is a header but no record");
            }
        } else {
            fieldOfColumn = new int[fields.size()];
            Arrays.setAll(fieldOfColumn, column -> column);
        }
        columnOfField = new int[fields.size()];
        for (int column = 0; column < fieldOfColumn.length; column++) {
            columnOfField[fieldOfColumn[column]] = column;
        }
    }

    private int[] byName(List<String> header) {
        int[] found = new int[header.size()];
        boolean[] seen = new boolean[fields.size()];
        for (int column = 0; column < found.length; column++) {
            String name = header.get(column).strip();
            found[column] = indexOf(name);
            if (found[column] < 0) {
                throw new DataException(file.path() + ": the spec does not know the column '" + name
                        + "'; add it to the spec, as `type: ignored` if the model is not to look at it");
            }
            if (seen[found[column]]) {
                throw new DataException(file.path() + ": the column '" + name + "' stands twice in the header");
            }
            seen[found[column]] = true;
        }
        for (int field = 0; field < seen.length; field++) {
            if (!seen[field]) {
                throw new DataException(file.path() + ": the header lacks the column '"
                        + fields.get(field).name() + "' of the spec");
            }
        }
        return found;
    }

    private int indexOf(String name) {
        for (int field = 0; field < fields.size(); field++) {
            if (fields.get(field).name().equals(name)) {
                return field;
            }
        }
        return -1;
    }

    @Override
    public boolean next() {
        if (!advance()) {
            return false;
        }
        if (current.getFieldCount() != fieldOfColumn.length) {
            throw new DataException(file.path() + " line " + line() + ": " + current.getFieldCount() + " columns where "
                    + fieldOfColumn.length + " are expected");
        }
        return true;
    }

    private boolean advance() {
        try {
            if (!records.hasNext()) {
                return false;
            }
            current = records.next();
            return true;
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
    public long line() {
        return current.getStartingLineNumber();
    }

    @Override
    public void encode(RecordEncoder encoder, EncodedRow row) {
        encoder.begin(row);
        for (int column = 0; column < fieldOfColumn.length; column++) {
            encoder.fileText(fieldOfColumn[column], current.getField(column));
        }
        encoder.end();
    }

    @Override
    public String text(String field) {
        return current.getField(columnOfField[indexOf(field)]);
    }

    @Override
    public String json() {
        StringWriter text = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (int field = 0; field < columnOfField.length; field++) {
                json.writeFieldName(fields.get(field).name());
                value(json, fields.get(field), current.getField(columnOfField[field]));
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
                if (JSON_NUMBER.matcher(text).matches()) {
                    json.writeNumber(text);
                } else {
                    otherNumber(json, text);
                }
            }
            case BOOLEAN, CATEGORY, TIMESTAMP, IGNORED -> json.writeString(text);
        }
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

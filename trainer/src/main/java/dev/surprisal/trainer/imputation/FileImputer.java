package dev.surprisal.trainer.imputation;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.record.CategoryCodes;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.data.DataException;
import dev.surprisal.trainer.data.RecordReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Fills in the missing values of a file's records, in their order. */
public final class FileImputer {

    private final ScoringModel model;
    private final Request request;
    /** The model's, but that any field may be missing. */
    private final RecordSpec spec;

    /**
     * What to fill in.
     *
     * @param fields which fields; empty = all
     * @param scales whether to write how wide each number is expected to scatter
     * @param rounds after the first
     */
    public record Request(List<String> fields, boolean scales, int rounds) {}

    /**
     * What came of it.
     *
     * @param records how many there were
     * @param completed how many of them had values filled in
     * @param values how many values that were
     * @param left how many missing values stayed so
     * @param unreadable how many records do not fit the spec, and were written as they are
     * @param firstReason why the first of those does not; null if there is none
     */
    public record Summary(long records, long completed, long values, long left, long unreadable, String firstReason) {}

    public FileImputer(ScoringModel model, Request request) {
        this.model = model;
        this.request = request;
        spec = model.card().spec().allOptional();
    }

    /** Whether a field's missing values can be filled in: no model knows a point in time from its hour and weekday. */
    public static boolean canFill(Field field) {
        return field.type() == FieldType.NUMBER
                || field.type() == FieldType.BOOLEAN
                || field.type() == FieldType.CATEGORY;
    }

    private boolean fills(Field field) {
        return canFill(field) && (request.fields.isEmpty() || request.fields.contains(field.name()));
    }

    /**
     * Completes a file.
     *
     * @param text receives the records, in the format that they were read in
     * @param position hears how many bytes have been read
     * @throws DataException if the file cannot be read; single records that cannot do not stop it
     */
    public Summary impute(Path data, Writer text, LongConsumer position) throws IOException {
        Run run = new Run();
        try (RecordReader reader = RecordReader.open(data, spec);
                Imputer imputer = new Imputer(model, request.rounds)) {
            List<String> withScale = !request.scales
                    ? List.of()
                    : spec.fields().stream()
                            .filter(field -> field.type() == FieldType.NUMBER && fills(field))
                            .map(Field::name)
                            .toList();
            CompletedRecords out = reader.columns().isEmpty()
                    ? new CompletedJson(text, request.scales)
                    : new CompletedCsv(text, spec, reader.columns(), withScale);
            RecordEncoder encoder = new RecordEncoder(spec, model.card().vocabularies());
            while (reader.next()) {
                run.read(reader, encoder, out);
                if (run.waiting.size() == RowBatch.CAPACITY) {
                    run.write(imputer, out);
                    position.accept(reader.position());
                }
            }
            run.write(imputer, out);
            out.flush();
        }
        return new Summary(run.records, run.completed, run.values, run.left, run.unreadable, run.firstReason);
    }

    /** One file's records on their way. */
    private final class Run {
        private final List<Waiting> waiting = new ArrayList<>();
        private long records;
        private long completed;
        private long values;
        private long left;
        private long unreadable;
        private String firstReason;

        /** @param row null if the record does not fit the spec */
        private record Waiting(Object kept, EncodedRow row) {}

        void read(RecordReader reader, RecordEncoder encoder, CompletedRecords out) {
            EncodedRow row = encoder.newRow();
            records++;
            try {
                reader.encode(encoder, row);
            } catch (RecordException e) {
                row = null;
                unreadable++;
                firstReason = firstReason == null ? reader.place() + ": " + e.getMessage() : firstReason;
            }
            waiting.add(new Waiting(out.keep(reader), row));
        }

        void write(Imputer imputer, CompletedRecords out) throws IOException {
            List<EncodedRow> rows = waiting.stream()
                    .map(Waiting::row)
                    .filter(row -> row != null)
                    .toList();
            List<CompletedRow> expected = rows.isEmpty() ? List.of() : imputer.complete(rows);
            int at = 0;
            for (Waiting record : waiting) {
                List<FilledField> filled = record.row == null ? List.of() : filled(record.row, expected.get(at++));
                out.write(record.kept, filled);
                values += filled.size();
                completed += filled.isEmpty() ? 0 : 1;
            }
            waiting.clear();
        }

        private List<FilledField> filled(EncodedRow row, CompletedRow expected) {
            List<FilledField> filled = new ArrayList<>();
            List<Column> numbers = spec.numberColumns();
            for (int column = 0; column < numbers.size(); column++) {
                if (Float.isNaN(row.numbers()[column])) {
                    Field field = numbers.get(column).field();
                    float value = expected.numbers()[column];
                    boolean number = field.type() == FieldType.NUMBER;
                    add(
                            filled,
                            field,
                            number ? Float.toString(value) : Boolean.toString(value >= 0.5f),
                            number ? Float.toString(expected.scale()[column]) : null,
                            Float.isFinite(value));
                }
            }
            List<Column> categories = spec.categoryColumns();
            for (int column = 0; column < categories.size(); column++) {
                if (row.categories()[column] == CategoryCodes.MISSING
                        && categories.get(column).part() != Column.Part.WEEKDAY) {
                    Field field = categories.get(column).field();
                    int code = expected.categories()[column];
                    boolean known = code > CategoryCodes.UNSEEN;
                    String value =
                            known ? model.card().vocabularies().get(column).value(code) : null;
                    add(filled, field, value, null, known);
                }
            }
            return filled;
        }

        private void add(List<FilledField> filled, Field field, String text, String scale, boolean known) {
            if (known && fills(field)) {
                filled.add(new FilledField(field.name(), field.type(), text, scale));
            } else {
                left++;
            }
        }
    }

    /** The names of the fields that could be filled in. */
    public static List<String> fillable(RecordSpec spec) {
        Stream<Field> fields = spec.fields().stream().filter(FileImputer::canFill);
        return fields.map(Field::name).toList();
    }
}

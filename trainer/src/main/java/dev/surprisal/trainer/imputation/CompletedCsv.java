package dev.surprisal.trainer.imputation;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.data.RecordReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/** Completed records as CSV: the columns of the file that was read, then the scales. */
final class CompletedCsv implements CompletedRecords {

    private final CsvWriter csv;
    private final List<String> columns;
    private final List<String> withScale;

    /** @param withScale the fields whose scale has a column */
    CompletedCsv(Writer text, RecordSpec spec, List<String> columns, List<String> withScale) {
        this.columns = columns;
        this.withScale = withScale;
        csv = CsvWriter.builder()
                .fieldSeparator(spec.csv().delimiter())
                .lineDelimiter(LineDelimiter.LF)
                .bufferSize(1 << 16)
                .build(text);
        if (spec.csv().header()) {
            List<String> header = new ArrayList<>(columns);
            withScale.forEach(field -> header.add(CompletedRecords.scaleOf(field)));
            csv.writeRecord(header);
        }
    }

    @Override
    public Object keep(RecordReader reader) {
        return columns.stream().map(reader::text).toList();
    }

    @Override
    public void write(Object kept, List<FilledField> filled) {
        List<String> values = new ArrayList<>();
        for (Object text : (List<?>) kept) {
            values.add((String) text);
        }
        withScale.forEach(field -> values.add(""));
        for (FilledField field : filled) {
            values.set(columns.indexOf(field.field()), field.text());
            int scale = withScale.indexOf(field.field());
            if (scale >= 0) {
                values.set(columns.size() + scale, field.scale());
            }
        }
        csv.writeRecord(values);
    }

    @Override
    public void flush() throws IOException {
        csv.flush();
    }
}

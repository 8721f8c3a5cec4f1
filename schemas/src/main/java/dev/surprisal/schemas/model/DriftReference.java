package dev.surprisal.schemas.model;

import java.util.List;

/**
 * What the training data were like, column by column, so that it can be told when what comes is no longer like them.
 *
 * <p>Hours and weekdays are not among the columns: a stream brings the records of an hour together, and would always be unlike training in them.
 *
 * @param columns numbers first, then categories, in the order of the spec
 */
public record DriftReference(List<ColumnReference> columns) {

    public DriftReference {
        columns = List.copyOf(columns);
    }
}

package dev.surprisal.schemas.record;

import dev.surprisal.schemas.record.RecordException.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.avro.Schema;

/** Refuses schemas by which a few bytes could become a large record: whoever writes a schema need not be whoever runs the scorer. */
final class AvroBounds {

    private static final int MOST_VALUES = 10_000;

    private final Deque<String> within = new ArrayDeque<>();
    private int values;

    private AvroBounds() {}

    /** @throws RecordException saying what is wrong with it */
    static void check(Schema schema) {
        new AvroBounds().walk(schema, false);
    }

    /** @param item whether there may be any number of them, so that each has to take a byte at least */
    private void walk(Schema schema, boolean item) {
        if (++values > MOST_VALUES) {
            throw refused("has more than " + MOST_VALUES + " fields, with those of its fields");
        }
        switch (schema.getType()) {
            case RECORD -> {
                if (within.contains(schema.getFullName())) {
                    throw refused(
                            "contains itself, at " + schema.getFullName() + "; records of any depth are not taken");
                }
                if (item && schema.getFields().isEmpty()) {
                    throw empty();
                }
                within.push(schema.getFullName());
                schema.getFields().forEach(field -> walk(field.schema(), item));
                within.pop();
            }
            case ARRAY -> walk(schema.getElementType(), true);
            case MAP -> walk(schema.getValueType(), true);
            case UNION ->
                // Which one it is takes a byte.
                schema.getTypes().stream()
                        .filter(each -> each.getType() != Schema.Type.NULL)
                        .forEach(each -> walk(each, item));
            case NULL -> {
                if (item) {
                    throw empty();
                }
            }
            case FIXED -> {
                if (item && schema.getFixedSize() == 0) {
                    throw empty();
                }
            }
            default -> {}
        }
    }

    private static RecordException empty() {
        return refused("has an array or map of items that take no bytes, or have fields that take none");
    }

    private static RecordException refused(String why) {
        return new RecordException(Step.PARSE, "the record's schema " + why);
    }
}

package dev.surprisal.schemas.record;

/** The numbering of a category column's values. */
@FunctionalInterface
public interface CategoryCodes {

    /** The code of a missing value. */
    int MISSING = -1;

    /** The code of a value that training did not know. */
    int UNSEEN = 0;

    /** The code of a value: 1 and up where it is known, otherwise {@link #UNSEEN}. */
    int code(String value);
}

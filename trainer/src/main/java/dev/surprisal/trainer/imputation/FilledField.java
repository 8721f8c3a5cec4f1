package dev.surprisal.trainer.imputation;

import dev.surprisal.schemas.record.FieldType;

/**
 * A missing value that was filled in.
 *
 * @param field its name
 * @param type of the field: number, boolean or category
 * @param text the value as a text file holds it
 * @param scale of a number the deviation around it, otherwise null
 */
record FilledField(String field, FieldType type, String text, String scale) {}

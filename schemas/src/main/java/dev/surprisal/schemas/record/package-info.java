/** From a record's bytes to a model's input row: the spec names the fields, the encoder turns them into numbers and categories. */
package dev.surprisal.schemas.record;

/** What a model file says of itself: its record spec, vocabularies, calibration and provenance. */
package dev.surprisal.schemas.model;

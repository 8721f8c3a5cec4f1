package dev.surprisal.schemas.model;

import dev.surprisal.schemas.record.Column;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.schemas.record.Vocabulary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a model says of itself; kept as JSON in the metadata of the ONNX file under {@value #METADATA_KEY}.
 *
 * @param format the version of the card's own format, {@code major.minor}; a reader takes any minor of a major that it knows
 * @param name of the kind of record that it scores
 * @param version derived from the content: the same graph, spec, vocabularies and calibration have the same version
 * @param spec the records that it scores
 * @param vocabularies one per category column, in the order of {@link RecordSpec#categoryColumns}
 * @param score the output whose negative is the score
 * @param calibration what held-out normal records scored
 * @param alarmRate the alarm rate to use where none is set
 * @param provenance where it comes from
 * @param metrics figures about it, by name
 * @param firstLook what is known of its first look; null where it has none, as before format 1.1
 * @param reference what the training data were like; null where it is not known, as before format 1.2
 */
public record ModelCard(
        String format,
        String name,
        String version,
        RecordSpec spec,
        List<Vocabulary> vocabularies,
        ScoreOutput score,
        Calibration calibration,
        AlarmRate alarmRate,
        Provenance provenance,
        Map<String, Double> metrics,
        FirstLook firstLook,
        DriftReference reference) {

    /** The key of the card in the ONNX file's metadata. */
    public static final String METADATA_KEY = "surprisal.card";

    /** The key of the graph of the first look, an ONNX model in Base64, in that metadata. */
    public static final String FIRST_LOOK_KEY = "surprisal.first-look";

    /** The format that this version writes. */
    public static final String FORMAT = "1.3";

    public ModelCard {
        vocabularies = List.copyOf(vocabularies);
        metrics = Map.copyOf(metrics);
        if (vocabularies.size() != spec.categoryColumns().size()) {
            throw new ModelException("the model card has " + vocabularies.size() + " vocabularies for "
                    + spec.categoryColumns().size() + " category columns");
        }
        int columns = spec.numberColumns().size() + vocabularies.size();
        if (calibration.typicalLogProbability().length != columns) {
            throw new ModelException("the model card's calibration knows " + calibration.typicalLogProbability().length
                    + " columns, its spec " + columns);
        }
        if (reference != null) {
            Set<String> known = Stream.concat(spec.numberColumns().stream(), spec.categoryColumns().stream())
                    .map(Column::name)
                    .collect(Collectors.toSet());
            for (ColumnReference column : reference.columns()) {
                if (!known.contains(column.column())) {
                    throw new ModelException("the model card knows what the column " + column.column()
                            + " was like in training, and its spec has no such column");
                }
            }
        }
        Removal removal = calibration.removal();
        if (removal != null
                && (removal.surprise().length != columns
                        || removal.low().length != spec.numberColumns().size())) {
            throw new ModelException("the model card knows what is usual without a column for "
                    + removal.surprise().length + " columns, its spec " + columns);
        }
    }

    /** The card of a model without a first look. */
    public ModelCard(
            String format,
            String name,
            String version,
            RecordSpec spec,
            List<Vocabulary> vocabularies,
            ScoreOutput score,
            Calibration calibration,
            AlarmRate alarmRate,
            Provenance provenance,
            Map<String, Double> metrics) {
        this(format, name, version, spec, vocabularies, score, calibration, alarmRate, provenance, metrics, null);
    }

    /** The card of a model that does not know what the training data were like. */
    public ModelCard(
            String format,
            String name,
            String version,
            RecordSpec spec,
            List<Vocabulary> vocabularies,
            ScoreOutput score,
            Calibration calibration,
            AlarmRate alarmRate,
            Provenance provenance,
            Map<String, Double> metrics,
            FirstLook firstLook) {
        this(
                format,
                name,
                version,
                spec,
                vocabularies,
                score,
                calibration,
                alarmRate,
                provenance,
                metrics,
                firstLook,
                null);
    }

    /** The same card with another version. */
    public ModelCard withVersion(String other) {
        return new ModelCard(
                format,
                name,
                other,
                spec,
                vocabularies,
                score,
                calibration,
                alarmRate,
                provenance,
                metrics,
                firstLook,
                reference);
    }

    /** The same card with what the training data were like. */
    public ModelCard withReference(DriftReference known) {
        return new ModelCard(
                format,
                name,
                version,
                spec,
                vocabularies,
                score,
                calibration,
                alarmRate,
                provenance,
                metrics,
                firstLook,
                known);
    }

    /** An encoder of the records that the model scores. */
    public RecordEncoder newEncoder() {
        return new RecordEncoder(spec, vocabularies);
    }
}

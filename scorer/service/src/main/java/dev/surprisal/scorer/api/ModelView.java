package dev.surprisal.scorer.api;

import dev.surprisal.schemas.model.ModelCard;
import io.micronaut.core.annotation.Introspected;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model's card, without its calibration's thousands of numbers.
 *
 * @param pipeline that uses it
 * @param name of the kind of record
 * @param version derived from the content
 * @param format of the card
 * @param score the output whose negative is the score
 * @param alarmRate where none is set
 * @param finestAlarmRate the finest that its calibration can hold
 * @param fields that it looks at
 * @param trainedAt when training ended
 * @param trainingSeconds how long it took
 * @param trainingRows how many records the network was fitted to
 * @param calibrationRows how many were held out
 * @param seed of all randomness
 * @param dataFingerprint SHA-256 of the training data's rows
 * @param configuration of the network and its training
 * @param versions of the libraries that took part
 * @param metrics figures about it
 */
@Introspected
record ModelView(
        String pipeline,
        String name,
        String version,
        String format,
        String score,
        String alarmRate,
        double finestAlarmRate,
        List<FieldView> fields,
        Instant trainedAt,
        double trainingSeconds,
        long trainingRows,
        long calibrationRows,
        long seed,
        String dataFingerprint,
        Map<String, String> configuration,
        Map<String, String> versions,
        Map<String, Double> metrics) {

    /**
     * A field of the records that it scores.
     *
     * @param name of the field
     * @param type {@code number}, {@code category}, {@code boolean}, {@code timestamp} or {@code ignored}
     * @param optional whether a record may lack it
     */
    @Introspected
    record FieldView(String name, String type, boolean optional) {}

    static ModelView of(String pipeline, ModelCard card) {
        var from = card.provenance();
        return new ModelView(
                pipeline,
                card.name(),
                card.version(),
                card.format(),
                card.score().outputName(),
                card.alarmRate().toString(),
                card.calibration().resolution(),
                card.spec().fields().stream()
                        .map(field -> new FieldView(
                                field.name(), field.type().name().toLowerCase(Locale.ROOT), field.optional()))
                        .toList(),
                from.trainedAt(),
                from.seconds(),
                from.trainingRows(),
                from.calibrationRows(),
                from.seed(),
                from.dataFingerprint(),
                new TreeMap<>(from.configuration()),
                new TreeMap<>(from.versions()),
                new TreeMap<>(card.metrics()));
    }
}

package dev.surprisal.retraining;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.scorer.feedback.RecordWindow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * What became of a retraining, and why.
 *
 * @param decision what became of it
 * @param reason of the decision, in a sentence
 * @param pipeline its name
 * @param topic of records
 * @param window the offsets that were read, by partition
 * @param seed of all randomness
 * @param alarmRate at which both models were judged
 * @param champion the version that scores
 * @param challenger the version that was trained; null where none was
 * @param records how many the challenger was trained and calibrated on
 * @param heldOut on how many others both were compared
 * @param confirmedLeftOut how many records of the window are confirmed anomalies, in neither
 * @param unscored how many records of the window do not fit the spec
 * @param labels how many labelled records there were to compare the models on
 * @param remarks what else there is to say
 * @param criteria of the gate; empty where it was not reached
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Verdict(
        Decision decision,
        String reason,
        String pipeline,
        String topic,
        SortedMap<Integer, RecordWindow.Range> window,
        long seed,
        double alarmRate,
        String champion,
        String challenger,
        long records,
        long heldOut,
        long confirmedLeftOut,
        long unscored,
        long labels,
        List<String> remarks,
        List<Criterion> criteria) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** What can become of a retraining. */
    enum Decision {
        /** The challenger passed the gate and was published. */
        @JsonProperty("published")
        PUBLISHED,
        /** The challenger passed the gate and would be published, were it no dry run. */
        @JsonProperty("passed")
        PASSED,
        /** The challenger did not pass the gate, or there was too little to train one. */
        @JsonProperty("refused")
        REFUSED,
        /** The challenger is a model that was published before. */
        @JsonProperty("nothing_new")
        NOTHING_NEW,
        /** Only drift was to be a reason, and there is none. */
        @JsonProperty("not_drifted")
        NOT_DRIFTED
    }

    /** Where nothing has drifted, and so nothing was read or trained. */
    static Verdict notDrifted(String pipeline, String topic, long seed, double alarmRate, String champion) {
        return new Verdict(
                Decision.NOT_DRIFTED,
                "Not needed: nothing has drifted from what version " + champion + " was trained on.",
                pipeline,
                topic,
                Collections.emptySortedMap(),
                seed,
                alarmRate,
                champion,
                null,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                List.of());
    }

    /** As JSON, ending with a line break. */
    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a verdict cannot be written as JSON", e);
        }
    }

    /** In sentences, a line each. */
    List<String> sentences() {
        if (decision == Decision.NOT_DRIFTED) {
            return List.of(reason);
        }
        List<String> sentences = new ArrayList<>();
        sentences.add(String.format(
                Locale.ROOT,
                "Window of topic %s: %,d records to train on, %,d held out; %,d confirmed anomalies left out, %,d that cannot be scored; %,d labelled records",
                topic,
                records,
                heldOut,
                confirmedLeftOut,
                unscored,
                labels));
        remarks.forEach(remark -> sentences.add("Note: " + remark));
        criteria.forEach(criterion -> sentences.add(
                (criterion.passed() ? "passed  " : "FAILED  ") + criterion.name() + ": " + criterion.sentence()));
        sentences.add(reason);
        return sentences;
    }
}

package dev.surprisal.scorer.validation;

import dev.surprisal.engine.Judge;
import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.model.ModelCandidate;
import dev.surprisal.scorer.model.ModelSwitch;
import dev.surprisal.scorer.stream.Outcome;
import dev.surprisal.scorer.stream.Pipeline;
import dev.surprisal.scorer.stream.ScoredRecord;
import dev.surprisal.scorer.stream.TrialScores;
import java.util.List;
import java.util.function.Consumer;

/** Whether the model passes what it must pass before it may score, and can score the records that come. */
final class ModelCheck {

    private final Pipeline pipeline;
    private final Consumer<Finding> found;

    ModelCheck(Pipeline pipeline, Consumer<Finding> found) {
        this.pipeline = pipeline;
        this.found = found;
    }

    /** @param records the last of the topic, or none */
    void check(List<byte[]> records) {
        String name = pipeline.name();
        if (pipeline.model().publicKey() == null) {
            found.accept(Finding.warning(
                    name,
                    "models of anybody who can write to " + pipeline.model()
                            + " are taken; set --model-key, so that they must be signed"));
        }
        try (ModelSwitch models = new ModelSwitch(pipeline.alarmRate())) {
            ScoringModel model = ModelCandidate.open(pipeline.model(), pipeline.kafka());
            models.serve(model);
            found.accept(Finding.ok(
                    name,
                    "the model " + model.card().name() + " " + model.card().version() + " of " + pipeline.model()
                            + " loads, and scores a record without values"));
            rate(model);
            trial(models, records);
        } catch (SurprisalException e) {
            found.accept(Finding.failed(name, e.getMessage()));
        }
    }

    private void rate(ScoringModel model) {
        Judge judge = Judge.of(model.card(), pipeline.alarmRate());
        if (judge.canFlag()) {
            found.accept(Finding.ok(pipeline.name(), "it flags at an alarm rate of " + judge.rule()));
        } else {
            found.accept(
                    Finding.warning(
                            pipeline.name(),
                            "it was calibrated on " + model.card().calibration().records()
                                    + " records, cannot tell so low an alarm rate, and flags nothing; set a higher alarm-rate"));
        }
    }

    private void trial(ModelSwitch models, List<byte[]> records) {
        if (records.isEmpty()) {
            found.accept(
                    Finding.warning(pipeline.name(), "there is no record on the topic yet that it could be tried on"));
            return;
        }
        List<ScoredRecord> scored = TrialScores.of(pipeline, models, records);
        List<Outcome.Refused> refused = scored.stream()
                .map(ScoredRecord::outcome)
                .filter(Outcome.Refused.class::isInstance)
                .map(Outcome.Refused.class::cast)
                .toList();
        int good = records.size() - refused.size();
        String text = good + " of the last " + records.size() + " records get a score";
        if (refused.isEmpty()) {
            found.accept(Finding.ok(pipeline.name(), text));
        } else {
            String why = text + "; another would become a dead letter: "
                    + refused.get(0).reason();
            found.accept(
                    good == 0
                            ? Finding.failed(pipeline.name(), why + "; is it the model of these records?")
                            : Finding.warning(pipeline.name(), why));
        }
    }
}

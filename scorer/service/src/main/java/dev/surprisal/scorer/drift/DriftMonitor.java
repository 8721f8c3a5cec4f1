package dev.surprisal.scorer.drift;

import dev.surprisal.schemas.model.ColumnReference;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.record.Column;
import dev.surprisal.scorer.drift.DriftListener.Change;
import dev.surprisal.scorer.drift.DriftReport.FieldDrift;
import dev.surprisal.scorer.drift.DriftReport.ScoreDrift;
import dev.surprisal.scorer.stream.DriftOptions;
import dev.surprisal.scorer.stream.RowSample;
import dev.surprisal.scorer.stream.ScoredBatch;
import dev.surprisal.scorer.stream.StreamListener;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches whether what comes to an instance of a pipeline is still like training: rows drawn from what its threads score, in windows of a number of records that follow on one another.
 *
 * <p>At a window's end, every field is compared with the reference in the model's card by the {@link StabilityIndex}: while nothing changes, any of them is found changed in at most {@value #WINDOW_ERROR} of the
 * windows. The p-values are bet against record by record ({@link UniformityBets}).
 *
 * <p>All of it is in memory, and as large as the reference: a restart, or another model, begins anew. What a transaction takes back is counted again when it is done again.
 */
public final class DriftMonitor implements StreamListener {

    /** In which part of the windows something that did not change may be found changed. */
    static final double WINDOW_ERROR = 1e-4;

    private final DriftOptions options;
    private final DriftListener listener;
    private ModelCard card;
    private String version;
    private List<ColumnDrift> columns = List.of();
    /** Where the columns are in a row: numbers first, then categories. */
    private int[] places = new int[0];

    private UniformityBets bets;
    private boolean ofFirstLooks;
    private DriftState scores = DriftState.STABLE;
    private int seen;
    private long windows;

    public DriftMonitor(DriftOptions options, DriftListener listener) {
        this.options = options;
        this.listener = listener;
    }

    @Override
    public synchronized void scored(ScoredBatch batch) {
        RowSample sample = batch.sample();
        if (sample != null) {
            add(sample);
        }
    }

    private void add(RowSample sample) {
        if (!sample.card().version().equals(version)) {
            begin(sample.card());
        }
        if (columns.isEmpty()) {
            return;
        }
        if (bets == null || sample.firstLooks() != ofFirstLooks) {
            ofFirstLooks = sample.firstLooks();
            bets = new UniformityBets(sample.calibration());
        }
        count(sample);
        for (int i = 0; i < sample.size(); i++) {
            bets.add(sample.pValues()[i]);
        }
        judgeScores();
        seen += sample.records();
        if (seen >= options.window()) {
            closeWindow();
        }
    }

    private void count(RowSample sample) {
        int numbers = card.spec().numberColumns().size();
        int categories = card.spec().categoryColumns().size();
        for (int c = 0; c < places.length; c++) {
            ColumnWindow window = columns.get(c).window();
            int place = places[c];
            if (place < numbers) {
                for (int row = 0; row < sample.size(); row++) {
                    window.add(sample.numbers()[row * numbers + place]);
                }
            } else {
                for (int row = 0; row < sample.size(); row++) {
                    window.add(sample.categories()[row * categories + place - numbers]);
                }
            }
        }
    }

    /** Begins anew, with the reference of another model; what had moved away from the one before has not from this one, as far as is known. */
    private void begin(ModelCard next) {
        List<FieldDrift> moved = columns.stream()
                .map(ColumnDrift::drift)
                .filter(drift -> drift.state() != DriftState.STABLE)
                .toList();
        DriftState scoresBefore = scores;
        card = next;
        version = next.version();
        columns = columns(next);
        places = columns.stream()
                .mapToInt(column -> place(next, column.window().reference()))
                .toArray();
        bets = null;
        scores = DriftState.STABLE;
        seen = 0;
        windows = 0;
        String sentence = "the model " + version + " scores now";
        for (FieldDrift drift : moved) {
            tell(new Change(drift.field(), drift.state(), DriftState.STABLE, Double.NaN, Double.NaN, sentence));
        }
        if (scoresBefore != DriftState.STABLE) {
            tell(new Change(null, scoresBefore, DriftState.STABLE, Double.NaN, Double.NaN, sentence));
        }
    }

    private static List<ColumnDrift> columns(ModelCard card) {
        return card.reference() == null
                ? List.of()
                : card.reference().columns().stream()
                        .map(column -> new ColumnDrift(column, values(card, column)))
                        .toList();
    }

    private static List<String> values(ModelCard card, ColumnReference column) {
        int numbers = card.spec().numberColumns().size();
        return column.isNumber()
                ? null
                : card.vocabularies().get(place(card, column) - numbers).values();
    }

    private static int place(ModelCard card, ColumnReference column) {
        List<String> names = new ArrayList<>();
        card.spec().numberColumns().stream().map(Column::name).forEach(names::add);
        card.spec().categoryColumns().stream().map(Column::name).forEach(names::add);
        return names.indexOf(column.column());
    }

    /** Rises as soon as there is evidence, and falls at a window's end where none is left. */
    private void judgeScores() {
        double evidence = bets.evidence();
        DriftState found = evidence >= UniformityBets.DRIFTED
                ? DriftState.DRIFTED
                : evidence >= UniformityBets.DRIFTING ? DriftState.DRIFTING : DriftState.STABLE;
        if (found.compareTo(scores) > 0) {
            change(
                    found,
                    "the p-values of the records are not those of normal records: they would look like this with a probability of at most 1 in "
                            + Math.round(evidence) + ", ever");
        }
    }

    private void change(DriftState now, String sentence) {
        DriftState before = scores;
        scores = now;
        tell(new Change(null, before, now, Double.NaN, Double.NaN, sentence));
    }

    private void closeWindow() {
        seen = 0;
        windows++;
        if (scores != DriftState.STABLE && bets.evidence() < 1) {
            change(DriftState.STABLE, "the p-values of the records are those of normal records again");
        }
        bets.nextWindow();
        List<DriftState> before = new ArrayList<>();
        for (ColumnDrift column : columns) {
            before.add(column.close(WINDOW_ERROR / columns.size()));
        }
        for (int c = 0; c < columns.size(); c++) {
            FieldDrift now = columns.get(c).drift();
            if (now.state() != before.get(c)) {
                tell(new Change(
                        now.field(),
                        before.get(c),
                        now.state(),
                        now.index(),
                        now.chance(),
                        now.sentence().isEmpty() ? now.field() + " is as in training again" : now.sentence()));
            }
        }
    }

    private void tell(Change change) {
        listener.changed(change, report());
    }

    /** How all is now. */
    public synchronized DriftReport report() {
        if (!options.isOn()) {
            return DriftReport.off("drift-window is off");
        }
        if (card == null) {
            return DriftReport.off("no record has been scored yet");
        }
        return report(
                card, columns, seen, windows, bets == null ? ScoreDrift.NONE : new ScoreDrift(scores, bets.evidence()));
    }

    /** How all is before a record is scored with a model. */
    public DriftReport untouched(ModelCard model) {
        return options.isOn()
                ? report(model, columns(model), 0, 0, ScoreDrift.NONE)
                : DriftReport.off("drift-window is off");
    }

    private DriftReport report(
            ModelCard model, List<ColumnDrift> watched, int seenNow, long compared, ScoreDrift ofScores) {
        if (watched.isEmpty()) {
            return DriftReport.off("the model " + model.version()
                    + " does not say what its training data were like, as none before format 1.2 does; train it again");
        }
        return new DriftReport(
                null,
                model.name(),
                model.version(),
                options.window(),
                seenNow,
                compared,
                ofScores,
                watched.stream().map(ColumnDrift::drift).toList());
    }
}

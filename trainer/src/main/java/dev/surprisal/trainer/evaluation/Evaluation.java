package dev.surprisal.trainer.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What scores and flags are worth, given the truth: collects records, then tells the figures, overall and per label.
 *
 * <p>Records without a score are counted, not ranked.
 */
public final class Evaluation {

    /** With more kinds of label than this, only the most frequent have figures of their own. */
    static final int MOST_LABELS = 100;

    private final String normal;
    private final List<String> labels = new ArrayList<>();
    private double[] scores = new double[1 << 10];
    private boolean[] flags = new boolean[1 << 10];
    private long unscored;

    /** @param normal the label of normal records */
    public Evaluation(String normal) {
        this.normal = normal;
    }

    public void add(double score, boolean flagged, String label) {
        int at = labels.size();
        if (at == scores.length) {
            scores = Arrays.copyOf(scores, 2 * at);
            flags = Arrays.copyOf(flags, 2 * at);
        }
        scores[at] = score;
        flags[at] = flagged;
        labels.add(label.intern());
    }

    public void addUnscored() {
        unscored++;
    }

    public int records() {
        return labels.size();
    }

    public long unscored() {
        return unscored;
    }

    /** How the score ranks all anomalies above all normal records. */
    public Ranking ranking() {
        return Ranking.of(Arrays.copyOf(scores, labels.size()), anomalies());
    }

    /** The share of flagged records that are anomalies; NaN without a flag. */
    public double precision() {
        return (double) flagged(true) / (flagged(true) + flagged(false));
    }

    /** The share of anomalies that are flagged; NaN without an anomaly. */
    public double recall() {
        return (double) flagged(true) / (labels.size() - normals());
    }

    /** The share of normal records that are flagged; NaN without one. */
    public double falseAlarmRate() {
        return (double) flagged(false) / normals();
    }

    public long flags() {
        return flagged(true) + flagged(false);
    }

    public long normals() {
        return labels.stream().filter(normal::equals).count();
    }

    /** The different labels, by name. */
    public SortedSet<String> labels() {
        return new TreeSet<>(labels);
    }

    /** The figures of each label, the normal one first, then by name; of at most {@value #MOST_LABELS} others. */
    public List<LabelFigures> byLabel() {
        Map<String, long[]> counts = new TreeMap<>();
        for (int i = 0; i < labels.size(); i++) {
            long[] count = counts.computeIfAbsent(labels.get(i), label -> new long[2]);
            count[0]++;
            count[1] += flags[i] ? 1 : 0;
        }
        List<LabelFigures> figures = new ArrayList<>();
        long[] ofNormal = counts.remove(normal);
        if (ofNormal != null) {
            figures.add(new LabelFigures(normal, ofNormal[0], ofNormal[1], Double.NaN));
        }
        counts.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue()[0]))
                .limit(MOST_LABELS)
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> figures.add(new LabelFigures(
                        entry.getKey(), entry.getValue()[0], entry.getValue()[1], auroc(entry.getKey()))));
        return figures;
    }

    /**
     * The figures of one label.
     *
     * @param auroc against the normal records; NaN of the normal ones themselves
     */
    public record LabelFigures(String label, long records, long flagged, double auroc) {}

    private double auroc(String label) {
        boolean[] included = new boolean[labels.size()];
        for (int i = 0; i < included.length; i++) {
            included[i] = labels.get(i).equals(label) || labels.get(i).equals(normal);
        }
        return Ranking.of(scores, anomalies(), included).auroc();
    }

    private boolean[] anomalies() {
        boolean[] anomalies = new boolean[labels.size()];
        for (int i = 0; i < anomalies.length; i++) {
            anomalies[i] = !labels.get(i).equals(normal);
        }
        return anomalies;
    }

    private long flagged(boolean anomalous) {
        long count = 0;
        for (int i = 0; i < labels.size(); i++) {
            count += flags[i] && labels.get(i).equals(normal) != anomalous ? 1 : 0;
        }
        return count;
    }
}

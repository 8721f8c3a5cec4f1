package dev.surprisal.schemas.model;

import java.util.Comparator;
import java.util.List;

/**
 * What held-out normal records tell of a model's first look, which costs a fraction of the full score: how far below the alarm line a record's first look may lie while its full
 * score reaches the line, and which first looks are usual.
 *
 * <p>The score of a first look is the negative bound at z = mu(x), without sampling, in nats.
 *
 * @param margins one for each of several alarm rates, at least one
 * @param calibration what the first looks of held-out records scored; it tells nothing of columns
 */
public record FirstLook(List<Margin> margins, Calibration calibration) {

    /**
     * How far below the alarm line the first look of a record may lie that is to be scored in full.
     *
     * @param rate of alarms, from 0, where no score reaches the line
     * @param nats may be negative, where first looks score more than the full score does
     */
    public record Margin(double rate, double nats) {}

    public FirstLook {
        margins = margins.stream()
                .sorted(Comparator.comparingDouble(Margin::rate))
                .toList();
        if (margins.isEmpty()) {
            throw new IllegalArgumentException("a first look needs a margin");
        }
    }

    /**
     * The margin where so large a share of normal records may be flagged, in nats: the greater one of the rates next to it. Infinite where it is above all of them.
     *
     * <p>Those of finer rates look at fewer records, those of coarser ones at differences up to a lower line.
     */
    public double margin(double rate) {
        double least = margins.stream()
                .filter(margin -> margin.rate() <= rate)
                .reduce((finer, coarser) -> coarser)
                .map(Margin::nats)
                .orElse(Double.NEGATIVE_INFINITY);
        return margins.stream()
                .filter(margin -> margin.rate() >= rate)
                .mapToDouble(margin -> Math.max(least, margin.nats()))
                .findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }
}

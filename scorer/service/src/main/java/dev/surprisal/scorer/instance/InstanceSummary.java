package dev.surprisal.scorer.instance;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * How one instance of a pipeline is, and what it did since it started. Times are milliseconds since 1970-01-01T00:00Z, by its clock.
 *
 * @param pipeline the name of the pipeline
 * @param instance what it is called, or a name of its own making
 * @param started when it started
 * @param time when this was so
 * @param state {@code WAITING}, or Kafka Streams' name for what it does
 * @param scoring whether it scores
 * @param failure what it waits for, or why it died; null where it lacks nothing
 * @param modelVersion the model that scores; null while there is none
 * @param shadowVersion the model that scores beside it; null for none
 * @param partitions that it has
 * @param records polled
 * @param scores given
 * @param flags raised
 * @param deadLetters written
 * @param ages how many verdicts came so long after the timestamps of their records, in fixed bins
 * @param distribution of the scores; null until there are any
 * @param comparison with the shadow; null until both have scored records
 * @param drift how unlike training what comes is; null where nothing is compared
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonNaming(SnakeCaseStrategy.class)
public record InstanceSummary(
        String pipeline,
        String instance,
        long started,
        long time,
        String state,
        boolean scoring,
        String failure,
        String modelVersion,
        String shadowVersion,
        List<Partition> partitions,
        long records,
        long scores,
        long flags,
        long deadLetters,
        long[] ages,
        Distribution distribution,
        Comparison comparison,
        Drift drift) {

    public InstanceSummary {
        partitions = List.copyOf(partitions);
        if (pipeline == null || instance == null || state == null || ages == null) {
            throw new IllegalArgumentException("a summary without a pipeline, an instance, a state or ages");
        }
    }

    /**
     * A partition of the topics of records.
     *
     * @param partition its number
     * @param lag records still to be scored
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Partition(int partition, long lag) {}

    /**
     * Scores by one model, in bins of equal width.
     *
     * @param modelVersion of the model
     * @param since when counting began
     * @param low the first bin's upper bound, nats
     * @param high the last bound, beyond which the last bin lies, nats
     * @param counts in each bin
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonNaming(SnakeCaseStrategy.class)
    public record Distribution(String modelVersion, long since, double low, double high, long[] counts) {}

    /**
     * How a shadow's scores go with those of the model, as counts, and as sums over the surprise of both, bits.
     *
     * @param bins row by row, by the model's surprise
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonNaming(SnakeCaseStrategy.class)
    public record Comparison(
            String modelVersion,
            String shadowVersion,
            long since,
            long records,
            long refusedByModel,
            long refusedByShadow,
            long flaggedByModel,
            long flaggedByShadow,
            long flaggedByBoth,
            double sum,
            double shadowSum,
            double squares,
            double shadowSquares,
            double products,
            long[] bins) {}

    /**
     * How unlike training what comes is.
     *
     * @param modelVersion whose training data are the reference
     * @param seen records of the current window
     * @param windows that have been compared
     * @param scores the state of the p-values
     * @param evidence that they are not those of normal records
     * @param fields in the last window, the most unlike training first; none until there was one
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonNaming(SnakeCaseStrategy.class)
    public record Drift(
            String modelVersion, int seen, long windows, String scores, double evidence, List<FieldDrift> fields) {
        /** So many fields are told of at most: a summary is small. */
        public static final int MOST_FIELDS = 100;

        public Drift {
            fields = List.copyOf(fields);
        }
    }

    /**
     * A field in the last window.
     *
     * @param state in which it is
     * @param index the population stability index
     * @param chance how often chance alone does this
     * @param sentence what has moved most; may be empty
     * @param low the 5 % quantile; null of a category
     * @param median of the numbers
     * @param high the 95 % quantile
     * @param counts of values in each cell of the reference
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record FieldDrift(
            String field,
            String state,
            double index,
            double chance,
            String sentence,
            Double low,
            Double median,
            Double high,
            long[] counts) {}
}

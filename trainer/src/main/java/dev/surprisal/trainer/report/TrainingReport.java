package dev.surprisal.trainer.report;

import dev.surprisal.engine.AlarmLine;
import dev.surprisal.schemas.model.Calibration;
import dev.surprisal.schemas.model.ModelCard;
import dev.surprisal.schemas.model.ParetoTail;
import dev.surprisal.schemas.record.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What there is to see of a training run, as one HTML page that asks nobody for anything.
 *
 * @param source the file of records
 * @param card of the model that was written
 * @param curve of the fit
 * @param phases what took how long, seconds, in their order
 * @param fields how well each column is told
 * @param latent where held-out records lie; of an ensemble, in its first network
 */
public record TrainingReport(
        String source,
        ModelCard card,
        FitCurve curve,
        Map<String, Double> phases,
        List<FieldFit> fields,
        LatentMap latent) {

    private static final int BINS = 60;
    private static final int TAIL_POINTS = 200;
    /** How far beyond what the calibration tells by itself, or the alarm rate, the tail is drawn. */
    private static final int BEYOND = 10;
    /** The rise of the first steps would leave no room for the rest. */
    private static final double FIRST_SHARE = 0.02;

    private static final String STYLE = """
            :root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b2430;--quiet:#56616f;--line:#d8dde3;--a:#1d6fb8;--b:#b35c00;--bad:#a4262c}
            @media(prefers-color-scheme:dark){:root{--back:#11161d;--card:#1a212b;--text:#e4e9ef;--quiet:#a3afbd;--line:#323c49;--a:#6cb2f2;--b:#f0a35c;--bad:#ff9a94}}
            body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}
            main{max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin:0 0 .6rem}
            section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem;margin:0 0 1rem}
            dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.2rem 1.2rem;margin:0}dt,figcaption{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
            table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--quiet);font-weight:600}th,td{padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}.scroll{overflow-x:auto}
            figure{margin:0 0 .8rem}svg{width:100%;height:auto}svg text{fill:var(--quiet);font-size:11px}.grid{stroke:var(--line)}path{fill:none;stroke-width:1.6}
            .a{stroke:var(--a)}.b{stroke:var(--b);stroke-dasharray:6 4}.rate{stroke:var(--bad);stroke-dasharray:2 4}.bar{fill:var(--a)}.over{fill:var(--bad)}.dot{fill:var(--a);opacity:.45}.mark{stroke:var(--bad);stroke-width:2;stroke-dasharray:5 4}
            """;

    /** The page. */
    public String html() {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                + "<title>Training of " + Html.escape(card.name()) + " " + Html.escape(card.version())
                + "</title><style>" + STYLE + "</style></head><body><main>\n"
                + "<h1>Training of " + Html.escape(card.name()) + "</h1>\n"
                + Html.section("What came out", Html.facts(outcome()))
                + Html.section("The fit", curveFigure())
                + Html.section("Scores and alarms", scoreFigure(), tailFigure())
                + Html.section("Fields", fieldTable())
                + Html.section("Latent map", latentFigure())
                + Html.section("Records", specTable())
                + Html.section(
                        "Settings", Html.facts(new TreeMap<>(card.provenance().configuration())))
                + Html.section("Timings", Html.facts(timings()))
                + Html.section(
                        "Libraries", Html.facts(new TreeMap<>(card.provenance().versions())))
                + "</main></body></html>\n";
    }

    private Map<String, String> outcome() {
        var from = card.provenance();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Model", card.name() + " " + card.version());
        facts.put("Trained", from.trainedAt() + ", in " + Html.number(from.seconds()) + " s");
        facts.put("Records", source);
        facts.put(
                "Fitted to",
                String.format(
                        Locale.ROOT,
                        "%,d records, calibrated on %,d others",
                        from.trainingRows(),
                        from.calibrationRows()));
        facts.put("Seed", Long.toString(from.seed()));
        facts.put("Fingerprint of the data", from.dataFingerprint());
        facts.put(
                "Alarm rate",
                card.alarmRate() + "; the finest that the calibration can tell is "
                        + Html.number(card.calibration().resolution()));
        new TreeMap<>(card.metrics()).forEach((name, value) -> facts.put(name.replace('_', ' '), Html.number(value)));
        return facts;
    }

    private String curveFigure() {
        List<double[]> all = new ArrayList<>();
        curve.members().forEach(all::addAll);
        boolean watched = curve.heldOut().stream().anyMatch(points -> !points.isEmpty());
        if (all.isEmpty()) {
            return Html.paragraph("The fit was over when this run began, so there is no curve.");
        }
        double last = all.stream().mapToDouble(point -> point[0]).max().orElse(1);
        List<double[]> shown = new ArrayList<>(all);
        curve.heldOut().forEach(shown::addAll);
        double[] late = shown.stream()
                .filter(point -> point[0] > FIRST_SHARE * last && Double.isFinite(point[1]))
                .mapToDouble(point -> point[1])
                .toArray();
        double low = Arrays.stream(late).min().orElse(-1);
        double high = Arrays.stream(late).max().orElse(0);
        double margin = 0.05 * Math.max(high - low, 1e-6);
        Svg svg = new Svg(
                "The bound over the steps of the fit, at last " + Html.number(all.get(all.size() - 1)[1]) + " nats",
                "step",
                "nats",
                0,
                last,
                low - margin,
                high + margin);
        curve.members().forEach(points -> svg.line(points, "a"));
        curve.heldOut().forEach(points -> svg.line(points, "b"));
        return svg.html(
                "The bound on log p(x) that the fit climbs, nats per record, smoothed over the last steps; in the first fifth with a reduced weight of the divergence. One line a network."
                        + (watched
                                ? " Dashed: the bound of held-out records that are unlike all fitted ones, with the full weight; where it falls while the other climbs, the fit learns its records by heart, so the best parameters by it are kept."
                                : ""));
    }

    private String scoreFigure() {
        Calibration calibration = card.calibration();
        double[] body = calibration.body();
        double alarm = alarm();
        double low = body[0];
        double high = Math.max(body[body.length - 6], Double.isNaN(alarm) ? body[body.length - 6] : alarm);
        high += 0.25 * Math.max(high - low, 1e-6);
        double[] shares = new double[BINS];
        double most = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double above = low + (high - low) * bin / BINS;
            double below = low + (high - low) * (bin + 1) / BINS;
            shares[bin] = Math.max(0, calibration.pValue(above) - calibration.pValue(below));
            most = Math.max(most, shares[bin]);
        }
        Svg svg = new Svg(
                "Scores of the calibration records, the median at " + Html.number(body[body.length / 2]) + " nats",
                "score, nats",
                "share of records",
                low,
                high,
                0,
                most);
        for (int bin = 0; bin < BINS; bin++) {
            double from = low + (high - low) * bin / BINS;
            svg.bar(
                    from,
                    low + (high - low) * (bin + 1) / BINS,
                    shares[bin],
                    !Double.isNaN(alarm) && from >= alarm ? "over" : "bar");
        }
        if (!Double.isNaN(alarm)) {
            svg.upright(alarm, "alarm from " + Html.number(alarm));
        }
        return svg.html(
                "Scores of the held-out records: the larger, the more improbable. Beyond the right end lie those of the tail, up to "
                        + Html.number(calibration.tail()[calibration.tail().length - 1]) + " nats.");
    }

    /** The least score that is flagged at the card's alarm rate; NaN if none is. */
    private double alarm() {
        double line = AlarmLine.of(card.calibration(), card.alarmRate().value());
        return Double.isInfinite(line) ? Double.NaN : line;
    }

    /** The largest scores as dots, p-values as a line, and the Pareto tail where it was fitted. */
    private String tailFigure() {
        Calibration calibration = card.calibration();
        double[] tail = calibration.tail();
        double low = tail[0];
        double finest =
                Math.max(calibration.finest(), Math.min(card.alarmRate().value(), calibration.resolution()) / BEYOND);
        double reach = AlarmLine.of(calibration, finest);
        double high = Math.max(tail[tail.length - 1], Double.isInfinite(reach) ? low : reach);
        double rate = Math.log10(card.alarmRate().value());
        double floor = Math.log10(finest);
        Svg svg = new Svg(
                "P-values of the largest scores, down to " + Html.number(finest),
                "score, nats",
                "log10 of the share of normal records with at least this score",
                low,
                high,
                Math.min(floor, rate) - 0.1,
                Math.log10(calibration.pValue(low)));
        for (int i = 0; i < tail.length; i++) {
            svg.dot(tail[i], Math.log10((double) (tail.length - i) / calibration.records()), 1.8, "dot");
        }
        List<double[]> line = new ArrayList<>();
        for (int i = 0; i <= TAIL_POINTS; i++) {
            double score = low + (high - low) * i / TAIL_POINTS;
            line.add(new double[] {score, Math.log10(calibration.pValue(score))});
        }
        svg.line(line, "a").line(List.of(new double[] {low, rate}, new double[] {high, rate}), "rate");
        ParetoTail beyond = calibration.beyond();
        if (beyond == null) {
            return svg.html("Calibration. Dots: the " + tail.length
                    + " largest scores of held-out records; line: the p-value of a score, which ends at 1 in "
                    + Html.number(calibration.records() + 1.0)
                    + ", as no tail could be fitted; dashed: the alarm rate.");
        }
        List<double[]> fitted = new ArrayList<>();
        double share = (double) beyond.exceedances() / calibration.records();
        for (double[] point : line) {
            if (point[0] >= beyond.threshold()) {
                fitted.add(new double[] {point[0], Math.log10(share * beyond.survival(beyond.threshold(), point[0]))});
            }
        }
        svg.line(fitted, "b");
        return svg.html(String.format(
                Locale.ROOT,
                "Calibration and the fit of its tail. Dots: the %,d largest scores of held-out records; line: the p-value of a score; dashed: a generalised Pareto distribution of the %,d scores above %s nats, of shape %s and scale %s, and the alarm rate. The fit is not rejected: %s of samples of that distribution fit it worse.",
                tail.length,
                beyond.exceedances(),
                Html.number(beyond.threshold()),
                Html.number(beyond.shape()),
                Html.number(beyond.scale()),
                Html.percent(beyond.fit())));
    }

    private String fieldTable() {
        List<List<String>> rows = new ArrayList<>();
        double[] typical = card.calibration().typicalLogProbability();
        for (FieldFit fit : fields) {
            boolean number = fit.kind().equals("number");
            rows.add(List.of(
                    fit.column(),
                    fit.kind(),
                    Html.percent(fit.known()),
                    number ? Html.percent(fit.told()) + " of the variance" : Html.percent(fit.told()) + " right",
                    number ? "0 %" : Html.percent(fit.baseline()),
                    Html.percent(fit.covered()),
                    Html.number(typical[rows.size()])));
        }
        return Html.paragraph(
                        "Of held-out records, what the model expects of a field given the whole record, beside what the mean or the most frequent value comes to; how many numbers lie in their interval of 95 %; and the median log-probability, which the surprise of a reason is measured from.")
                + Html.table(
                        List.of(
                                "Field",
                                "Kind",
                                "Known",
                                "Expected value",
                                "Baseline",
                                "In the interval",
                                "Log-probability, nats"),
                        rows);
    }

    private String latentFigure() {
        double[][] points = latent.points();
        if (points.length == 0) {
            return Html.paragraph("There are no held-out records to draw.");
        }
        double[] x = Arrays.stream(points).mapToDouble(point -> point[0]).toArray();
        double[] y = Arrays.stream(points).mapToDouble(point -> point[1]).toArray();
        Svg svg = new Svg(
                "Latent means of " + points.length + " held-out records in two dimensions",
                "first principal component",
                "second",
                Arrays.stream(x).min().orElse(0),
                Arrays.stream(x).max().orElse(1),
                Arrays.stream(y).min().orElse(0),
                Arrays.stream(y).max().orElse(1));
        for (double[] point : points) {
            svg.dot(point[0], point[1], 1.8, "dot");
        }
        return svg.html(
                "Means of q(z|x) of held-out records, projected onto the two directions in which they vary most, which hold "
                        + Html.percent(latent.explained()) + " of their variance.");
    }

    private String specTable() {
        List<List<String>> rows = new ArrayList<>();
        for (Field field : card.spec().fields()) {
            rows.add(List.of(
                    field.name(),
                    field.type().name().toLowerCase(Locale.ROOT),
                    field.likelihood() == null
                            ? "usual"
                            : field.likelihood().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    field.optional() ? "yes" : "no"));
        }
        return Html.table(List.of("Field", "Type", "Likelihood", "May be missing"), rows);
    }

    private Map<String, String> timings() {
        Map<String, String> facts = new LinkedHashMap<>();
        phases.forEach((phase, seconds) -> facts.put(phase, Html.number(seconds) + " s"));
        return facts;
    }
}

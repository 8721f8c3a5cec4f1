package dev.surprisal.trainer.report;

import java.util.List;
import java.util.Locale;

/** A drawing with two axes, in the page itself. */
final class Svg {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 300;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 12;
    private static final int BOTTOM = 44;
    private static final int TICKS = 5;

    private final StringBuilder drawing = new StringBuilder();
    private final double left;
    private final double right;
    private final double low;
    private final double high;

    /**
     * An empty drawing.
     *
     * @param label what it shows, for who does not see it
     */
    Svg(String label, String across, String up, double left, double right, double low, double high) {
        this.left = left;
        this.right = right > left ? right : left + 1;
        this.low = low;
        this.high = high > low ? high : low + 1;
        drawing.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                Html.escape(label)));
        for (int i = 0; i <= TICKS; i++) {
            double x = this.left + (this.right - this.left) * i / TICKS;
            double y = this.low + (this.high - this.low) * i / TICKS;
            add("<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x(x), x(x), TOP, HEIGHT - BOTTOM);
            add("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y(y), y(y));
            text(x(x), HEIGHT - BOTTOM + 16.0, "middle", Html.number(x));
            text(LEFT - 6.0, y(y) + 4, "end", Html.number(y));
        }
        text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0, "middle", across);
        text(LEFT, TOP - 2.0, "start", up);
    }

    private double x(double value) {
        return LEFT + (WIDTH - RIGHT - LEFT) * (Math.min(Math.max(value, left), right) - left) / (right - left);
    }

    private double y(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (Math.min(Math.max(value, low), high) - low) / (high - low);
    }

    private void add(String format, Object... values) {
        drawing.append(String.format(Locale.ROOT, format, values));
    }

    private void text(double x, double y, String anchor, String text) {
        add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, Html.escape(text));
    }

    Svg line(List<double[]> points, String style) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            if (Double.isFinite(point[1])) {
                path.append(path.length() == 0 ? "M" : "L")
                        .append(String.format(Locale.ROOT, "%.1f,%.1f", x(point[0]), y(point[1])));
            }
        }
        add("<path class=\"%s\" d=\"%s\"/>", style, path);
        return this;
    }

    Svg bar(double from, double to, double height, String style) {
        add(
                "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" y=\"%.1f\" height=\"%.1f\"/>",
                style, x(from), Math.max(0.5, x(to) - x(from) - 0.5), y(height), HEIGHT - BOTTOM - y(height));
        return this;
    }

    Svg dot(double x, double y, double radius, String style) {
        add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", style, x(x), y(y), radius);
        return this;
    }

    Svg upright(double at, String label) {
        add("<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x(at), x(at), TOP, HEIGHT - BOTTOM);
        text(x(at) - 6, TOP + 14.0, "end", label);
        return this;
    }

    String html(String caption) {
        return "<figure>" + drawing + "</svg><figcaption>" + Html.escape(caption) + "</figcaption></figure>\n";
    }
}

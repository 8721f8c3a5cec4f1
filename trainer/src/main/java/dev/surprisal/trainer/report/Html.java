package dev.surprisal.trainer.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Pieces of a page; whatever comes from data is escaped. */
final class Html {

    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Names and values below each other. */
    static String facts(Map<String, String> facts) {
        StringBuilder html = new StringBuilder("<dl>");
        facts.forEach((name, value) -> html.append("<dt>")
                .append(escape(name))
                .append("</dt><dd>")
                .append(escape(value))
                .append("</dd>"));
        return html.append("</dl>\n").toString();
    }

    static String table(List<String> head, List<List<String>> rows) {
        StringBuilder html = new StringBuilder("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
        head.forEach(
                cell -> html.append("<th scope=\"col\">").append(escape(cell)).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    static String section(String title, String... content) {
        return "<section><h2>" + escape(title) + "</h2>\n" + String.join("", content) + "</section>\n";
    }

    static String paragraph(String text) {
        return "<p>" + escape(text) + "</p>\n";
    }

    static String number(double value) {
        double size = Math.abs(value);
        if (Double.isNaN(value)) {
            return "–";
        }
        return size != 0 && (size < 1e-3 || size >= 1e7)
                ? String.format(Locale.ROOT, "%.2e", value)
                : size >= 1e4
                        ? String.format(Locale.ROOT, "%,.0f", value)
                        : String.format(Locale.ROOT, size >= 100 ? "%.1f" : "%.3f", value);
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of the published models of a name scores.
 *
 * @param serving scores and flags; null until there is one
 * @param shadow scores beside it without flagging; null for none
 * @param previous what scored before, the last first; at most {@value #KEPT}
 */
public record Deployment(PublishedModel serving, PublishedModel shadow, List<PublishedModel> previous) {

    /** How many earlier models can be rolled back to. */
    public static final int KEPT = 5;

    static final Deployment NONE = new Deployment(null, null, List.of());

    public Deployment {
        previous = previous == null ? List.of() : List.copyOf(previous.subList(0, Math.min(KEPT, previous.size())));
    }

    /** With another model that scores. */
    Deployment publish(PublishedModel model) {
        if (isServing(model)) {
            return new Deployment(model, shadow, previous);
        }
        List<PublishedModel> before = new ArrayList<>(previous);
        before.removeIf(each -> each.sha256().equals(model.sha256()));
        if (serving != null) {
            before.add(0, serving);
        }
        PublishedModel rest = shadow != null && shadow.sha256().equals(model.sha256()) ? null : shadow;
        return new Deployment(model, rest, before);
    }

    private boolean isServing(PublishedModel model) {
        return serving != null && serving.sha256().equals(model.sha256());
    }

    /** With another model as the shadow; null for none. */
    Deployment shadow(PublishedModel model) {
        return new Deployment(serving, model, previous);
    }

    /** With the shadow as the model that scores. */
    Deployment promote(String name) {
        if (shadow == null) {
            throw new SurprisalException("there is no shadow of '" + name + "' to promote; publish one with --shadow");
        }
        return publish(shadow);
    }

    /**
     * With an earlier model as the one that scores.
     *
     * @param version which; null for the last before
     */
    Deployment rollback(String name, String version) {
        for (int i = 0; i < previous.size(); i++) {
            PublishedModel earlier = previous.get(i);
            if (version == null || version.equals(earlier.version())) {
                return new Deployment(earlier, shadow, previous.subList(i + 1, previous.size()));
            }
        }
        throw new SurprisalException(
                version == null
                        ? "there is no earlier model of '" + name + "' to go back to"
                        : "there is no earlier version '" + version + "' of '" + name + "'; there are "
                                + previous.stream().map(PublishedModel::version).toList());
    }

    /** The files that it needs. */
    Set<String> files() {
        Set<String> files = new TreeSet<>();
        previous.forEach(model -> files.add(model.sha256()));
        if (serving != null) {
            files.add(serving.sha256());
        }
        if (shadow != null) {
            files.add(shadow.sha256());
        }
        return files;
    }
}

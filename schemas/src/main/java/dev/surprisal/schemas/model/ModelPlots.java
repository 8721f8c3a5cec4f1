package dev.surprisal.schemas.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;

/**
 * What there is to draw of a model, beside its card in the file's metadata; no score and no version depends on it. Files of before it have none.
 *
 * @param fits how the fit of each of its autoencoders went; empty where it is not known
 * @param latent its latent map, of an ensemble that of the first autoencoder; null where there is none
 */
public record ModelPlots(List<FitCourse> fits, LatentProjection latent) {

    /** The key of the plots in the ONNX file's metadata. */
    public static final String METADATA_KEY = "surprisal.plots";

    /** Of a model that brings none. */
    public static final ModelPlots NONE = new ModelPlots(List.of(), null);

    /** How many fits are kept. */
    public static final int MOST_FITS = 100;

    public ModelPlots {
        fits = fits == null ? List.of() : List.copyOf(fits);
        if (fits.size() > MOST_FITS) {
            throw new ModelException(
                    "a model has the courses of " + fits.size() + " fits; at most " + MOST_FITS + " are taken");
        }
    }

    public String toJson() {
        try {
            return ModelCardJson.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the plots of a model cannot be written as JSON", e);
        }
    }

    /**
     * Reads plots.
     *
     * @param json null where there are none
     * @param source names the file in errors
     * @throws ModelException if they cannot be read
     */
    public static ModelPlots read(String json, String source) {
        if (json == null) {
            return NONE;
        }
        try {
            return ModelCardJson.JSON.readValue(json, ModelPlots.class);
        } catch (JsonProcessingException e) {
            throw new ModelException(
                    source + ": its plots cannot be read: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }
}

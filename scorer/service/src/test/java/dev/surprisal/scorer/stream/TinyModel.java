package dev.surprisal.scorer.stream;

import dev.surprisal.engine.ScoringModel;
import java.nio.file.Path;
import java.util.Locale;

/** The small model that the engine's tests keep, and records that it scores. */
public final class TinyModel {

    /** Fields: id (ignored), amount, weight (optional), country (DE, FR, NL), express. */
    public static final Path FILE = Path.of("../engine/src/test/resources/models/tiny-1.0.onnx");

    private TinyModel() {}

    public static ScoringModel open() {
        return ScoringModel.open(FILE);
    }

    /** A record like those that the model was trained on. */
    public static String usual(int number) {
        return String.format(
                Locale.ROOT,
                "{\"id\":\"%d\",\"amount\":%.2f,\"weight\":%.1f,\"country\":\"%s\",\"express\":%b}",
                number,
                (number % 3 == 0 ? 20 + number % 5 : 60 + number % 9) * 1.0,
                5 + (number % 7) / 10.0,
                number % 3 == 0 ? "DE" : number % 3 == 1 ? "FR" : "NL",
                number % 4 == 0);
    }

    /** A record unlike them. */
    public static String unusual() {
        return "{\"id\":\"x\",\"amount\":9000,\"weight\":5.0,\"country\":\"DE\",\"express\":false}";
    }
}

package dev.surprisal.bench.kill;

import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.RecordSpec;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Records that are a function of their number, which is their key: one in fifty is no JSON. */
public final class NumberedRecords {

    static final String NAME = "numbered";

    private static final int BAD = 50;
    private static final String[] COUNTRIES = {"DE", "FR", "ES", "IT", "PL"};

    private NumberedRecords() {}

    public static RecordSpec spec() {
        return new RecordSpec(
                RecordSpec.FORMAT,
                NAME,
                null,
                List.of(
                        Field.of("number", FieldType.IGNORED),
                        Field.of("amount", FieldType.NUMBER),
                        Field.of("distance", FieldType.NUMBER),
                        Field.of("minutes", FieldType.NUMBER),
                        Field.of("country", FieldType.CATEGORY)));
    }

    static boolean isBad(int number) {
        return number % BAD == BAD - 1;
    }

    static String record(int number) {
        return isBad(number) ? "record " + number + " is no JSON" : good(number);
    }

    /** A record that can be scored. */
    public static String good(int number) {
        Random random = new Random(number);
        random.nextInt();
        double scale = Math.exp(random.nextGaussian());
        return String.format(
                Locale.ROOT,
                "{\"number\":%d,\"amount\":%.2f,\"distance\":%.2f,\"minutes\":%.1f,\"country\":\"%s\"}",
                number,
                30 * scale,
                10 * scale + 3 * random.nextGaussian(),
                -600 * Math.log(1 - random.nextDouble()),
                COUNTRIES[random.nextInt(COUNTRIES.length)]);
    }
}

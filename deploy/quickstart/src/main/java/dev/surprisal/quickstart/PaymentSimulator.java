package dev.surprisal.quickstart;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A stream of card payments: cards with habits, and now and then somebody who is not the owner of the card.
 *
 * <p>Every card has a home country, a usual amount, hours at which it is used, a few kinds of merchant and a way in which it pays. About one payment in a hundred is fraud of one of the
 * kinds of {@link Fraud}. The same seed gives the same stream. Time is the simulation's own.
 */
final class PaymentSimulator {

    private static final int CARDS = 400;
    private static final double FRAUD_SHARE = 0.01;
    private static final double UNKNOWN_DISTANCE = 0.03;
    private static final Duration BETWEEN_PAYMENTS = Duration.ofSeconds(50);
    private static final String[] COUNTRIES = {"DE", "FR", "NL", "ES", "IT", "AT", "PL", "SE", "PT", "IE"};
    private static final String[] FAR_COUNTRIES = {"US", "BR", "TH", "ZA", "VN", "MX"};
    /** Kinds of merchant, with how much dearer than usual a payment there is. */
    private static final String[] MERCHANTS = {
        "groceries",
        "restaurant",
        "fuel",
        "transport",
        "pharmacy",
        "clothing",
        "streaming",
        "electronics",
        "travel",
        "jewellery"
    };

    private static final double[] DEARNESS = {0.8, 0.7, 1.2, 0.3, 0.5, 1.5, 0.25, 4, 6, 7};
    private static final double[] POPULARITY = {30, 18, 10, 16, 6, 8, 6, 2.5, 2, 0.5};

    private final Random random;
    private final List<Card> cards = new ArrayList<>();
    private Instant now = Instant.parse("2026-03-02T00:00:00Z");
    private long sequence;

    PaymentSimulator(long seed) {
        random = new Random(seed);
        for (int i = 0; i < CARDS; i++) {
            cards.add(new Card(i));
        }
    }

    /** What can be wrong with a payment. */
    enum Fraud {
        /** Tiny online payments in quick succession, to see whether a stolen number works. */
        CARD_TESTING,
        /** A stolen card: dear goods, far from home. */
        STOLEN_CARD,
        /** A copied magnetic stripe, used a moment after and far away from the real card. */
        CLONED_STRIPE,
        /** Somebody else's online account: something dear, many times the usual amount. */
        ACCOUNT_TAKEOVER,
        /** A terminal that charges what such a purchase never costs; each value is usual by itself. */
        ODD_COMBINATION
    }

    /**
     * A payment.
     *
     * @param json the record
     * @param card the key of the record
     * @param fraud null if it is the owner's
     */
    record Payment(String json, String card, Fraud fraud) {}

    Payment next() {
        now = now.plusMillis((long) (-Math.log(1 - random.nextDouble()) * BETWEEN_PAYMENTS.toMillis()));
        Card card = awakeCard();
        Fraud fraud = random.nextDouble() < FRAUD_SHARE ? Fraud.values()[random.nextInt(Fraud.values().length)] : null;
        Draft draft = card.usual();
        if (fraud != null) {
            card.misuse(draft, fraud);
        }
        return new Payment(json(card, draft), card.id, fraud);
    }

    /** A card whose owner is likely to be up at this hour. */
    private Card awakeCard() {
        int hour = ZonedDateTime.ofInstant(now, ZoneOffset.UTC).getHour();
        Card card;
        do {
            card = cards.get(random.nextInt(cards.size()));
        } while (random.nextDouble() > card.activity(hour));
        return card;
    }

    private String json(Card card, Draft draft) {
        return String.format(
                Locale.ROOT,
                "{\"id\":\"p%08d\",\"time\":\"%s\",\"card\":\"%s\",\"amount\":%.2f,\"usual_amount\":%.2f,\"merchant\":\"%s\","
                        + "\"country\":\"%s\",\"abroad\":%b,\"entry\":\"%s\",\"minutes_since_last\":%.1f,\"payments_last_hour\":%d,\"distance_km\":%s}",
                sequence++,
                now.truncatedTo(ChronoUnit.SECONDS),
                card.id,
                draft.amount,
                card.usualAmount,
                draft.merchant,
                draft.country,
                !draft.country.equals(card.home),
                draft.entry,
                draft.minutesSinceLast,
                draft.paymentsLastHour,
                random.nextDouble() < UNKNOWN_DISTANCE ? "null" : String.format(Locale.ROOT, "%.1f", draft.distance));
    }

    private int weighted(double[] weights) {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        double left = random.nextDouble() * total;
        for (int i = 0; i < weights.length; i++) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }

    /** A payment that is being made up. */
    private static final class Draft {
        private double amount;
        private String merchant;
        private String country;
        private String entry;
        private double minutesSinceLast;
        private int paymentsLastHour;
        private double distance;
    }

    /** A card and the habits of its owner. */
    private final class Card {
        private final String id;
        private final String home;
        private final double usualAmount;
        private final int midday;
        private final double online;
        private final double wanderlust;
        private Instant last;
        private int lastHourCount;

        Card(int number) {
            id = String.format(Locale.ROOT, "c%04d", number);
            home = COUNTRIES[weighted(new double[] {30, 15, 12, 10, 9, 6, 6, 5, 4, 3})];
            usualAmount = Math.round(100 * Math.exp(3.3 + 0.6 * random.nextGaussian())) / 100.0;
            midday = 11 + random.nextInt(7);
            online = 0.1 + 0.3 * random.nextDouble();
            wanderlust = random.nextInt(5) == 0 ? 0.1 : 0.01;
            last = now.minus(Duration.ofHours(1 + random.nextInt(24)));
        }

        /** How likely the owner is to be up, in (0, 1]. */
        double activity(int hour) {
            int distance = Math.min(Math.abs(hour - midday), 24 - Math.abs(hour - midday));
            return distance <= 5 ? 1 : Math.max(0.004, Math.exp(-1.1 * (distance - 5)));
        }

        Draft usual() {
            Draft draft = new Draft();
            int merchant = weighted(POPULARITY);
            draft.merchant = MERCHANTS[merchant];
            draft.amount = Math.max(0.5, usualAmount * DEARNESS[merchant] * Math.exp(0.35 * random.nextGaussian()));
            boolean abroad = random.nextDouble() < wanderlust;
            draft.country = abroad ? COUNTRIES[random.nextInt(COUNTRIES.length)] : home;
            boolean remote = draft.merchant.equals("streaming") || (random.nextDouble() < online && merchant >= 4);
            draft.entry = remote ? "online" : random.nextDouble() < 0.7 ? "contactless" : "chip";
            draft.minutesSinceLast = Math.max(0.1, Duration.between(last, now).toMillis() / 60_000.0);
            lastHourCount = draft.minutesSinceLast < 60 ? lastHourCount + 1 : 0;
            draft.paymentsLastHour = lastHourCount;
            // As fast as people travel.
            double reach = draft.country.equals(home) ? 8 : 600;
            draft.distance =
                    remote ? 0 : Math.min(reach * -Math.log(1 - random.nextDouble()), draft.minutesSinceLast * 1.5);
            last = now;
            return draft;
        }

        void misuse(Draft draft, Fraud fraud) {
            switch (fraud) {
                case CARD_TESTING -> {
                    draft.amount = 0.5 + 1.5 * random.nextDouble();
                    draft.merchant = "electronics";
                    draft.entry = "online";
                    draft.minutesSinceLast = 0.1 + 0.8 * random.nextDouble();
                    draft.paymentsLastHour = 5 + random.nextInt(12);
                    draft.distance = 0;
                }
                case STOLEN_CARD -> {
                    draft.merchant = random.nextBoolean() ? "jewellery" : "electronics";
                    draft.amount = usualAmount * (10 + 25 * random.nextDouble());
                    draft.country = FAR_COUNTRIES[random.nextInt(FAR_COUNTRIES.length)];
                    draft.entry = "chip";
                    draft.distance = 3_000 + 6_000 * random.nextDouble();
                }
                case CLONED_STRIPE -> {
                    draft.entry = "magstripe";
                    draft.minutesSinceLast = 1 + 20 * random.nextDouble();
                    draft.distance = 400 + 3_000 * random.nextDouble();
                    draft.amount = usualAmount * (2 + 4 * random.nextDouble());
                }
                case ACCOUNT_TAKEOVER -> {
                    draft.entry = "online";
                    draft.merchant = random.nextBoolean() ? "travel" : "electronics";
                    draft.amount = usualAmount * (15 + 30 * random.nextDouble());
                    draft.distance = 0;
                }
                case ODD_COMBINATION -> {
                    draft.merchant = random.nextBoolean() ? "transport" : "streaming";
                    draft.amount = usualAmount * (5 + 5 * random.nextDouble());
                    draft.entry = "chip";
                }
            }
        }
    }
}

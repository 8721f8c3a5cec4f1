package dev.surprisal.scorer.access;

import dev.surprisal.schemas.SurprisalException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the HTTP server listens, and whom it lets in.
 *
 * @param host the address it listens on
 * @param port 0 = any that is free
 * @param tokens that are good for something
 * @param provider may be null
 * @param withoutAuthentication whether everybody may do everything; for servers that something else guards
 * @param requestsPerSecond of one address, at most
 */
public record Access(
        String host,
        int port,
        ApiTokens tokens,
        IdentityProvider provider,
        boolean withoutAuthentication,
        int requestsPerSecond) {

    public static final int USUAL_REQUESTS_PER_SECOND = 500;

    public Access {
        if (requestsPerSecond < 1) {
            throw new SurprisalException("requests-per-second must be positive, not " + requestsPerSecond);
        }
        boolean authenticates = !tokens.isEmpty() || provider != null;
        if (withoutAuthentication && authenticates) {
            throw new SurprisalException(
                    "there are tokens or an identity provider, and authentication is waived; set one of them");
        }
        if (!authenticates && !withoutAuthentication && !Loopback.is(host)) {
            throw new SurprisalException(
                    "the HTTP server is to listen on " + host
                            + ", where others reach it, and nobody would be asked who they are; name a file of tokens with --tokens (`surprisal token` makes them), or set --without-authentication where something before it asks");
        }
    }

    /** On some address, for everybody who reaches it. */
    public static Access open(String host, int port) {
        return new Access(host, port, ApiTokens.NONE, null, !Loopback.is(host), USUAL_REQUESTS_PER_SECOND);
    }

    /** Whether somebody is asked who they are. */
    public boolean authenticates() {
        return !tokens.isEmpty() || provider != null;
    }

    /** Whether requests must be for this machine by a name of its own: otherwise pages of others that a browser here shows could ask by theirs. */
    boolean isOnlyForThisMachine() {
        return !authenticates() && !withoutAuthentication;
    }

    /** In Micronaut's properties. */
    public Map<String, Object> properties() {
        Map<String, Object> all = new HashMap<>();
        all.put("micronaut.security.enabled", authenticates());
        for (String unused : List.of("introspection", "keys", "login", "logout", "oauth")) {
            all.put("micronaut.security.endpoints." + unused + ".enabled", false);
        }
        all.put("micronaut.security.basic-auth.enabled", false);
        all.put("micronaut.security.redirect.enabled", provider != null);
        all.put("micronaut.security.oauth2.enabled", false);
        all.put("micronaut.security.token.jwt.enabled", false);
        all.put("endpoints.health.details-visible", authenticates() ? "AUTHENTICATED" : "ANONYMOUS");
        if (provider != null) {
            all.putAll(provider.properties());
        }
        return all;
    }
}

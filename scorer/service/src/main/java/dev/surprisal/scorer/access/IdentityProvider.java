package dev.surprisal.scorer.access;

import dev.surprisal.schemas.SurprisalException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * An identity provider by OpenID Connect, whose signed tokens are taken, and where people can log in.
 *
 * @param issuer its address, below which its configuration is found
 * @param clientId what it calls this service; its tokens must be for that audience
 * @param clientSecret for people's log-in by the code flow; null if there is none
 * @param scopesClaim the claim that lists scopes, such as {@code surprisal.read}
 */
public record IdentityProvider(String issuer, String clientId, String clientSecret, String scopesClaim) {

    public static final String USUAL_CLAIM = "roles";
    static final String LOGIN_PATH = "/oauth/login/oidc";

    public IdentityProvider {
        if (clientId == null || clientId.isBlank()) {
            throw new SurprisalException(
                    "there is an oidc-issuer, but no oidc-client-id, for which its tokens must be");
        }
        URI address = URI.create(issuer);
        boolean local = address.getHost() != null && Loopback.is(address.getHost());
        if (!"https".equals(address.getScheme()) && !local) {
            throw new SurprisalException("the oidc-issuer must be an https address, not '" + issuer + "'");
        }
    }

    /** In Micronaut's properties. */
    Map<String, Object> properties() {
        Map<String, Object> all = new HashMap<>();
        String client = "micronaut.security.oauth2.clients.oidc.";
        all.put("micronaut.security.authentication", "idtoken");
        all.put(client + "client-id", clientId);
        if (clientSecret != null) {
            all.put(client + "client-secret", clientSecret);
        }
        all.put(client + "openid.issuer", issuer);
        all.put(client + "scopes", "openid,profile");
        all.put("micronaut.security.oauth2.enabled", true);
        all.put("micronaut.security.token.roles-name", scopesClaim);
        all.put("micronaut.security.token.roles-separator", " ");
        all.put("micronaut.security.token.jwt.enabled", true);
        all.put("micronaut.security.token.jwt.claims-validators.issuer", issuer);
        all.put("micronaut.security.token.jwt.claims-validators.audience", clientId);
        all.put("micronaut.security.token.cookie.cookie-same-site", "Strict");
        all.put("micronaut.security.token.cookie.cookie-name", "surprisal-id");
        all.put("micronaut.security.redirect.login-failure", "/login.html?failed");
        all.put("micronaut.security.redirect.unauthorized.enabled", false);
        all.put("micronaut.security.redirect.forbidden.enabled", false);
        return all;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "IdentityProvider[" + issuer + ", " + clientId + "]";
    }
}

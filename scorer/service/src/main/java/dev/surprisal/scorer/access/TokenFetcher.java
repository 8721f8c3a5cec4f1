package dev.surprisal.scorer.access;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.filters.AuthenticationFetcher;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Finds out who asks by the API token in the header {@code Authorization: Bearer}, or in the cookie of a log-in. */
@Singleton
final class TokenFetcher implements AuthenticationFetcher<HttpRequest<?>> {

    static final String COOKIE = "surprisal-token";

    private static final String BEARER = "Bearer ";
    private static final double FAILURES_PER_SECOND = 0.5;
    private static final int FAILURES_AT_ONCE = 20;
    private static final int MOST_CLIENTS = 10_000;

    private final ApiTokens tokens;
    private final TokenBuckets failures =
            new TokenBuckets(FAILURES_PER_SECOND, FAILURES_AT_ONCE, MOST_CLIENTS, System::nanoTime);

    TokenFetcher(Access access) {
        tokens = access.tokens();
    }

    @Override
    public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
        try {
            return Mono.justOrEmpty(find(request)
                    .map(token ->
                            Authentication.build(token.name(), token.scope().roles())));
        } catch (HttpStatusException e) {
            return Mono.error(e);
        }
    }

    /** By the header, unless there is none. A cookie that is good no longer is no attempt: its browser does not know. */
    private Optional<ApiToken> find(HttpRequest<?> request) {
        String header = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return request.getCookies().findCookie(COOKIE).map(Cookie::getValue).flatMap(tokens::find);
        }
        // Others are for the identity provider's.
        boolean ours = header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && header.startsWith(ApiToken.PREFIX, BEARER.length());
        return ours ? check(header.substring(BEARER.length()), request) : Optional.empty();
    }

    /**
     * What is known of a token. Who shows wrong ones too often is told so.
     *
     * @throws HttpStatusException with status 429
     */
    Optional<ApiToken> check(String shown, HttpRequest<?> request) {
        Optional<ApiToken> token = tokens.find(shown);
        if (token.isEmpty()) {
            int wait = failures.take(Clients.of(request));
            if (wait > 0) {
                throw TooMany.of(request, wait, "Too many wrong tokens come from this address.");
            }
        }
        return token;
    }
}

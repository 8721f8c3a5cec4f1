package dev.surprisal.scorer.access;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;

/**
 * Log-in of browsers: a cookie holds the token, so that every instance knows it, and it is good for as long as the token. Scripts do not see it, and pages of others cannot have it sent.
 */
@Controller("/api/v1/session")
@Tag(name = "Session")
@Secured(SecurityRule.IS_ANONYMOUS)
class SessionController {

    private static final String PROVIDERS_COOKIE = "surprisal-id";

    private final Access access;
    private final TokenFetcher tokens;

    SessionController(Access access, TokenFetcher tokens) {
        this.access = access;
        this.tokens = tokens;
    }

    /**
     * Who asks.
     *
     * @param authentication whether anybody is asked who they are
     * @param name absent for somebody unknown
     * @param scopes what they may do
     * @param provider where people log in with their account; absent if there is no such place
     */
    @Introspected
    record SessionView(
            boolean authentication,
            @Nullable String name,
            List<String> scopes,
            @Nullable String provider) {}

    /**
     * A log-in.
     *
     * @param token an API token
     */
    @Introspected
    record LoginView(@Nullable String token) {
        @Override
        public String toString() {
            return "LoginView";
        }
    }

    /** Tells who asks. */
    @Get
    @Operation(summary = "Tells who asks, and what they may do")
    @ApiResponse(responseCode = "200", description = "Who it is, as far as that is known")
    SessionView session(HttpRequest<?> request) {
        Authentication who = request.getUserPrincipal(Authentication.class).orElse(null);
        return new SessionView(
                access.authenticates(),
                who == null ? null : who.getName(),
                who == null
                        ? List.of()
                        : who.getRoles().stream()
                                .filter(role -> role.startsWith(Scope.PREFIX))
                                .map(role -> role.substring(Scope.PREFIX.length()))
                                .sorted()
                                .toList(),
                access.provider() == null ? null : IdentityProvider.LOGIN_PATH);
    }

    /** Logs a browser in. */
    @Post
    @Operation(summary = "Logs in with an API token: sets a cookie")
    @ApiResponse(responseCode = "204", description = "Logged in")
    @ApiResponse(responseCode = "401", description = "It is no token of this scorer")
    @ApiResponse(responseCode = "429", description = "Too many wrong tokens came from this address")
    HttpResponse<?> logIn(HttpRequest<?> request, @Body LoginView login) {
        String shown = login.token() == null ? "" : login.token().strip();
        if (tokens.check(shown, request).isEmpty()) {
            throw new HttpStatusException(HttpStatus.UNAUTHORIZED, "That is no token of this scorer.");
        }
        return HttpResponse.noContent().cookie(cookie(request, TokenFetcher.COOKIE, shown));
    }

    /** Logs a browser out. */
    @Delete
    @Operation(summary = "Logs out: removes the cookie")
    @ApiResponse(responseCode = "204", description = "Logged out")
    HttpResponse<?> logOut(HttpRequest<?> request) {
        return HttpResponse.noContent()
                .cookie(cookie(request, TokenFetcher.COOKIE, "").maxAge(0))
                .cookie(cookie(request, PROVIDERS_COOKIE, "").maxAge(0));
    }

    private static Cookie cookie(HttpRequest<?> request, String name, String value) {
        boolean secure =
                request.isSecure() || "https".equals(request.getHeaders().get("X-Forwarded-Proto"));
        return Cookie.of(name, value).path("/").httpOnly(true).secure(secure).sameSite(SameSite.Strict);
    }
}

package dev.surprisal.scorer.access;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import jakarta.inject.Singleton;

/** What those are told who may not. */
@Singleton
@Replaces(DefaultAuthorizationExceptionHandler.class)
final class Refusals implements ExceptionHandler<AuthorizationException, MutableHttpResponse<?>> {

    private final ErrorResponseProcessor<?> responses;

    Refusals(ErrorResponseProcessor<?> responses) {
        this.responses = responses;
    }

    @Override
    public MutableHttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, AuthorizationException exception) {
        HttpRequest<?> asked = request;
        Scope needed = asked.getAttribute(ScopeRule.NEEDED, Scope.class).orElse(Scope.READ);
        MutableHttpResponse<?> response =
                HttpResponse.status(exception.isForbidden() ? HttpStatus.FORBIDDEN : HttpStatus.UNAUTHORIZED);
        if (!exception.isForbidden()) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"surprisal\"");
        }
        return responses.processResponse(
                ErrorContext.builder(asked)
                        .cause(exception)
                        .errorMessage(
                                exception.isForbidden()
                                        ? "This needs the scope " + needed.text() + ", which you do not have."
                                        : "Who asks? Send a token with the scope " + needed.text()
                                                + " in the header 'Authorization: Bearer TOKEN', or log in at /login.html.")
                        .build(),
                response);
    }
}

package dev.surprisal.scorer.api;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;

/** What is asked of a pipeline that has no model any more, or none yet. */
@Singleton
final class NotServing implements ExceptionHandler<IllegalStateException, HttpResponse<?>> {

    private final ErrorResponseProcessor<?> responses;

    NotServing(ErrorResponseProcessor<?> responses) {
        this.responses = responses;
    }

    @Override
    public HttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, IllegalStateException exception) {
        ProblemException busy = ProblemException.busy("The scorer is starting or stopping; ask again in a second.");
        return responses.processResponse(
                ErrorContext.builder(request)
                        .cause(busy)
                        .errorMessage(busy.getMessage())
                        .build(),
                HttpResponse.status(HttpStatus.SERVICE_UNAVAILABLE));
    }
}

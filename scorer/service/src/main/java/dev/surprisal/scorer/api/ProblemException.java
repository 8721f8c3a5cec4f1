package dev.surprisal.scorer.api;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.exceptions.HttpStatusException;

/** A request that cannot be answered, with the status and the sentence that the caller gets. */
final class ProblemException extends HttpStatusException {

    ProblemException(HttpStatus status, String detail) {
        super(status, detail);
    }

    static ProblemException notFound(String detail) {
        return new ProblemException(HttpStatus.NOT_FOUND, detail);
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(HttpStatus.BAD_REQUEST, detail);
    }

    static ProblemException busy(String detail) {
        return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, detail);
    }
}

package dev.surprisal.scorer.access;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.exceptions.HttpStatusException;

/** What a client that comes too often is told. */
public final class TooMany {

    /** The request's attribute that says after how many seconds to ask again. */
    public static final String WAIT = "surprisal.wait";

    private TooMany() {}

    static HttpStatusException of(HttpRequest<?> request, int waitSeconds, String detail) {
        request.setAttribute(WAIT, waitSeconds);
        return new HttpStatusException(HttpStatus.TOO_MANY_REQUESTS, detail + " Ask again in " + waitSeconds + " s.");
    }
}

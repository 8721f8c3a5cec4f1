package dev.surprisal.scorer.api;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.http.HttpStatus;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * Why a request was not answered, by RFC 9457.
 *
 * @param type {@code about:blank}: the status says what kind of problem it is
 * @param title the status in words
 * @param status the HTTP status
 * @param detail what is wrong and what to do about it
 * @param instance the path that was asked for
 */
@Introspected
@Schema(description = "Why a request was not answered (RFC 9457)")
record Problem(String type, String title, int status, String detail, String instance) {

    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(HttpStatus status, String detail, String path) {
        return new Problem("about:blank", status.getReason(), status.getCode(), detail, path);
    }
}

package dev.surprisal.scorer.api;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;

/** Keeps browsers from asking anybody else for anything, whatever a record holds. */
@ServerFilter("/**")
final class PageGuard implements Ordered {

    @ResponseFilter
    void guard(MutableHttpResponse<?> response) {
        response.header(
                        "Content-Security-Policy",
                        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("X-Frame-Options", "DENY");
    }

    /** Around all others, so that what they refuse has the headers too. */
    @Override
    public int getOrder() {
        return ServerFilterPhase.FIRST.order();
    }
}

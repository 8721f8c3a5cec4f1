package dev.surprisal.scorer.access;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.filter.ServerFilterPhase;
import java.net.URI;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Turns away, before anybody is asked who they are, what comes too often or from pages of others. */
@ServerFilter("/**")
final class RequestGuard implements Ordered {

    private static final Set<HttpMethod> ONLY_LOOKS = EnumSet.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final int MOST_CLIENTS = 10_000;
    private static final double BURST_SECONDS = 2;

    private final Access access;
    private final TokenBuckets buckets;

    RequestGuard(Access access) {
        this.access = access;
        buckets = new TokenBuckets(
                access.requestsPerSecond(), BURST_SECONDS * access.requestsPerSecond(), MOST_CLIENTS, System::nanoTime);
    }

    @RequestFilter
    void guard(HttpRequest<?> request) {
        int wait = buckets.take(Clients.of(request));
        if (wait > 0) {
            throw TooMany.of(request, wait, "Too many requests come from this address.");
        }
        String host = request.getHeaders().get(HttpHeaders.HOST);
        if (access.isOnlyForThisMachine() && host != null && !Loopback.isHeader(host)) {
            throw new HttpStatusException(
                    HttpStatus.MISDIRECTED_REQUEST,
                    "This scorer asks nobody who they are, and is for this machine only: use localhost, or start it with --tokens, or with --without-authentication if something before it asks.");
        }
        if (!ONLY_LOOKS.contains(request.getMethod()) && comesFromAnotherPage(request, host)) {
            throw new HttpStatusException(HttpStatus.FORBIDDEN, "Pages of other origins cannot change anything here.");
        }
    }

    /** By what browsers say, and cannot be made by a page to say otherwise. Others than browsers say nothing. */
    private static boolean comesFromAnotherPage(HttpRequest<?> request, String host) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        if (site != null) {
            return !site.equals("same-origin") && !site.equals("none");
        }
        String origin = request.getHeaders().get(HttpHeaders.ORIGIN);
        if (origin == null) {
            return false;
        }
        String forwarded = request.getHeaders().get("X-Forwarded-Host");
        String own = forwarded == null ? host : forwarded;
        return own == null || !own.toLowerCase(Locale.ROOT).equals(authority(origin));
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority == null ? "" : authority.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    @Override
    public int getOrder() {
        return ServerFilterPhase.SECURITY.before();
    }
}

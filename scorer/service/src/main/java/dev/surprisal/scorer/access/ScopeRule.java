package dev.surprisal.scorer.access;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.management.endpoint.health.HealthEndpoint;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.filters.SecurityFilter;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import io.micronaut.web.router.MethodBasedRouteMatch;
import io.micronaut.web.router.RouteAttributes;
import io.micronaut.web.router.RouteMatch;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Collection;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Which scope a route needs: what its annotation says; without one, looking needs {@link Scope#READ}, and anything else {@link Scope#OPERATE}. So a route that nobody thought of is never open.
 *
 * <p>Files of the dashboard, which hold nothing of this scorer, and its health, without details, are for everybody.
 */
@Singleton
final class ScopeRule implements SecurityRule<HttpRequest<?>> {

    /** The request's attribute that says which scope was missing. */
    static final String NEEDED = "surprisal.scope";

    private static final Logger LOG = LoggerFactory.getLogger(ScopeRule.class);
    private static final String OAUTH = "/oauth/";

    @Override
    public Publisher<SecurityRuleResult> check(HttpRequest<?> request, @Nullable Authentication authentication) {
        return Mono.just(result(request, authentication));
    }

    private static SecurityRuleResult result(HttpRequest<?> request, Authentication authentication) {
        Scope needed = needed(request);
        Collection<String> roles = authentication == null ? java.util.List.of() : authentication.getRoles();
        if (needed == null) {
            if (!has(roles, Scope.READ)) {
                // The details of health are for those who may look.
                request.removeAttribute(SecurityFilter.AUTHENTICATION, Authentication.class);
            }
            return SecurityRuleResult.ALLOWED;
        }
        if (!has(roles, needed)) {
            request.setAttribute(NEEDED, needed);
            return SecurityRuleResult.REJECTED;
        }
        if (needed != Scope.READ) {
            LOG.info("{}: {} {}", authentication.getName(), request.getMethodName(), request.getPath());
        }
        return SecurityRuleResult.ALLOWED;
    }

    private static boolean has(Collection<String> roles, Scope needed) {
        return Arrays.stream(Scope.values())
                .anyMatch(scope -> scope.compareTo(needed) >= 0 && roles.contains(Scope.PREFIX + scope.text()));
    }

    /** Null for none. */
    private static Scope needed(HttpRequest<?> request) {
        RouteMatch<?> match = RouteAttributes.getRouteMatch(request).orElse(null);
        if (match == null) {
            return null;
        }
        if (match instanceof MethodBasedRouteMatch<?, ?> method
                && HealthEndpoint.class.isAssignableFrom(method.getDeclaringType())) {
            return null;
        }
        String role = match.getAnnotationMetadata().stringValue(Secured.class).orElse(null);
        if (SecurityRule.IS_ANONYMOUS.equals(role) || request.getPath().startsWith(OAUTH)) {
            return null;
        }
        if (role != null) {
            return Scope.parse(role.substring(Scope.PREFIX.length()));
        }
        return request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD
                ? Scope.READ
                : Scope.OPERATE;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}

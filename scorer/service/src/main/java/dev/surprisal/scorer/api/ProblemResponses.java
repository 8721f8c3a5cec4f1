package dev.surprisal.scorer.api;

import dev.surprisal.scorer.access.TooMany;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Every error as problem details. What went wrong within stays within: it is in the log. */
@Singleton
@Replaces(ErrorResponseProcessor.class)
final class ProblemResponses implements ErrorResponseProcessor<Problem> {

    private static final String RETRY_SECONDS = "1";
    /** These come before what counts requests. */
    private static final Set<HttpStatus> REFUSALS = EnumSet.of(
            HttpStatus.UNAUTHORIZED,
            HttpStatus.FORBIDDEN,
            HttpStatus.MISDIRECTED_REQUEST,
            HttpStatus.TOO_MANY_REQUESTS);

    private final Map<HttpStatus, Counter> refusals = new EnumMap<>(HttpStatus.class);

    ProblemResponses(MeterRegistry registry) {
        for (HttpStatus status : REFUSALS) {
            refusals.put(
                    status,
                    Counter.builder("surprisal.http.refusals")
                            .description("Requests that were turned away, by status")
                            .tag("status", Integer.toString(status.getCode()))
                            .register(registry));
        }
    }

    @Override
    public MutableHttpResponse<Problem> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        HttpStatus status = HttpStatus.valueOf(response.code());
        String detail = status.getCode() >= HttpStatus.INTERNAL_SERVER_ERROR.getCode()
                        && !(context.getRootCause().orElse(null) instanceof ProblemException)
                ? "Something went wrong; the log of the scorer says what."
                : context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
        if (REFUSALS.contains(status)) {
            refusals.get(status).increment();
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        } else if (status == HttpStatus.TOO_MANY_REQUESTS) {
            response.header(
                    HttpHeaders.RETRY_AFTER,
                    context.getRequest()
                            .getAttribute(TooMany.WAIT, Integer.class)
                            .map(String::valueOf)
                            .orElse(RETRY_SECONDS));
        }
        return response.body(Problem.of(status, detail, context.getRequest().getPath()))
                .contentType(MediaType.of(Problem.MEDIA_TYPE));
    }
}

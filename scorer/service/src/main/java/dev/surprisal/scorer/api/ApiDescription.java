package dev.surprisal.scorer.api;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;

/** What the description of the API begins with; the rest of it is drawn from the controllers when they are compiled. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Surprisal",
                        version = "1",
                        description =
                                "Scores records, and shows what the scorer does. Errors are problem details (RFC 9457). Times are milliseconds since 1970-01-01T00:00Z where they are numbers. What was flagged and refused is that of all instances; state and activity are those of the instance that answers.",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")))
final class ApiDescription {

    private ApiDescription() {}
}

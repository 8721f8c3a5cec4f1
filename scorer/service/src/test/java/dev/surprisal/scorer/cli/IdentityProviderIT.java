package dev.surprisal.scorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.access.Access;
import dev.surprisal.scorer.access.ApiToken;
import dev.surprisal.scorer.access.ApiTokens;
import dev.surprisal.scorer.access.IdentityProvider;
import dev.surprisal.scorer.access.Scope;
import dev.surprisal.scorer.fixture.TestIssuer;
import dev.surprisal.scorer.fixture.TinyModel;
import dev.surprisal.scorer.stream.Delivery;
import dev.surprisal.scorer.stream.Pipeline;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People and programs that an identity provider vouches for, by OpenID Connect. */
class IdentityProviderIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static TestIssuer issuer;
    private static Scorer scorer;
    private static String token;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        token = ApiToken.random(new SecureRandom());
        Path tokens = Files.writeString(
                folder.resolve("tokens"), ApiToken.of("both", Scope.READ, token).line());
        scorer = Scorer.start(
                new Access(
                        "127.0.0.1",
                        0,
                        ApiTokens.read(tokens),
                        new IdentityProvider(
                                issuer.address(), TestIssuer.CLIENT, TestIssuer.SECRET, IdentityProvider.USUAL_CLAIM),
                        false,
                        Access.USUAL_REQUESTS_PER_SECOND),
                // Who it is does not depend on Kafka.
                List.of(pipeline()));
    }

    private static Pipeline pipeline() {
        return new Pipeline(
                "payments",
                "payments",
                TinyModel.write(folder.resolve("tiny.onnx")),
                null,
                Delivery.AT_LEAST_ONCE,
                1,
                1 << 20,
                Map.of("bootstrap.servers", "127.0.0.1:1"));
    }

    @AfterAll
    static void stop() {
        scorer.close();
        issuer.close();
    }

    @Test
    void programsShowTokensOfTheProvider() throws Exception {
        assertThat(status(issuer.jwt(claims -> claims))).isEqualTo(200);
        assertThat(JSON.readTree(get("/api/v1/session", issuer.jwt(claims -> claims))
                                .body())
                        .get("name")
                        .asText())
                .isEqualTo("ada");
        assertThat(status(issuer.jwt(claims -> claims.claim("roles", List.of("x", "surprisal.read")))))
                .isEqualTo(200);
        assertThat(status(issuer.jwt(claims -> claims.claim("roles", "surprisal.admin other"))))
                .isEqualTo(200);
        assertThat(status(token)).isEqualTo(200);
    }

    @Test
    void whatTheProviderDidNotSignForThisServiceIsNotTaken() throws Exception {
        Date past = Date.from(Instant.now().minus(Duration.ofHours(1)));
        assertThat(status(issuer.jwt(claims -> claims.expirationTime(past)))).isEqualTo(401);
        assertThat(status(issuer.jwt(claims -> claims.audience("another")))).isEqualTo(401);
        assertThat(status(issuer.jwt(claims -> claims.issuer("https://evil.example"))))
                .isEqualTo(401);
        assertThat(status(issuer.jwt(new RSAKeyGenerator(2048).keyID("k1").generate(), claims -> claims)))
                .isEqualTo(401);
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer.address())
                .subject("ada")
                .audience(TestIssuer.CLIENT)
                .claim("roles", "surprisal.admin")
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .build();
        assertThat(status(new PlainJWT(claims).serialize())).isEqualTo(401);
        String good = issuer.jwt(each -> each);
        assertThat(status(good.substring(0, good.lastIndexOf('.') + 1))).isEqualTo(401);
        assertThat(status("a.b.c")).isEqualTo(401);
    }

    @Test
    void somebodyWithoutARoleHereMayNothing() throws Exception {
        String nobody = issuer.jwt(claims -> claims.claim("roles", List.of("admin", "read", "surprisal")));
        assertThat(status(nobody)).isEqualTo(403);
        assertThat(get("/health/liveness", nobody).body()).isEqualTo("{\"status\":\"UP\"}");
        HttpResponse<String> promote = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(scorer.uri().resolve("/api/v1/pipelines/payments/model/promote"))
                                .header("Authorization", "Bearer " + issuer.jwt(claims -> claims))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{}"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(promote.statusCode()).isEqualTo(403);
    }

    @Test
    void peopleLogInWithTheirAccount() throws Exception {
        CookieManager cookies = new CookieManager();
        HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        URI login = scorer.uri()
                .resolve(JSON.readTree(get("/api/v1/session", null).body())
                        .get("provider")
                        .asText());

        HttpResponse<String> page = browser.send(HttpRequest.newBuilder(login).build(), BodyHandlers.ofString());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.uri()).isEqualTo(scorer.uri().resolve("/"));
        HttpCookie cookie = cookies.getCookieStore().getCookies().stream()
                .filter(each -> each.getName().equals("surprisal-id"))
                .findFirst()
                .orElseThrow();
        assertThat(cookie.isHttpOnly()).isTrue();
        HttpResponse<String> pipelines = browser.send(
                HttpRequest.newBuilder(scorer.uri().resolve("/api/v1/models")).build(), BodyHandlers.ofString());
        assertThat(pipelines.statusCode()).isEqualTo(200);
    }

    @Test
    void forgedAnswersOfTheProviderAreNotTaken() throws Exception {
        HttpResponse<String> forged = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(scorer.uri().resolve("/oauth/callback/oidc?code=code-9&state=forged"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(forged.statusCode()).isBetween(300, 499);
        assertThat(forged.headers().allValues("Set-Cookie")).noneMatch(each -> each.startsWith("surprisal-id=ey"));
    }

    @Test
    void aProviderThatIsAwayAtTheStartLeavesTokensOfTheFileAlone() throws Exception {
        Path tokens = Files.writeString(
                folder.resolve("alone"), ApiToken.of("alone", Scope.READ, token).line());
        IdentityProvider away =
                new IdentityProvider("http://127.0.0.1:1", TestIssuer.CLIENT, TestIssuer.SECRET, "roles");
        try (Scorer other = Scorer.start(
                new Access("127.0.0.1", 0, ApiTokens.read(tokens), away, false, Access.USUAL_REQUESTS_PER_SECOND),
                List.of(pipeline()))) {
            URI models = other.uri().resolve("/api/v1/models");
            for (String good : List.of(token, issuer.jwt(claims -> claims.issuer("http://127.0.0.1:1")))) {
                HttpResponse<String> response = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(models)
                                        .header("Authorization", "Bearer " + good)
                                        .build(),
                                BodyHandlers.ofString());
                assertThat(response.statusCode()).isEqualTo(good.equals(token) ? 200 : 401);
            }
        }
    }

    @Test
    void theAddressOfAProviderIsHttps() {
        assertThatThrownBy(() -> new IdentityProvider("http://login.example", "c", null, "roles"))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("https");
        assertThatThrownBy(() -> new IdentityProvider("https://login.example", null, null, "roles"))
                .hasMessageContaining("oidc-client-id");
    }

    private static int status(String bearer) throws Exception {
        return get("/api/v1/models", bearer).statusCode();
    }

    private static HttpResponse<String> get(String path, String bearer) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(scorer.uri().resolve(path));
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }
}

package dev.surprisal.scorer.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "[::1]"})
    void onThisMachineNobodyIsAsked(String host) {
        Access access = new Access(host, 8080, ApiTokens.NONE, null, false, 1);
        assertThat(access.authenticates()).isFalse();
        assertThat(access.isOnlyForThisMachine()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "::", "10.0.0.1", "scorer.example", "127.0.0.1.example", "localhost.example", ""})
    void elsewhereSomebodyMustBeAskedUnlessThatIsWaived(String host) {
        assertThatThrownBy(() -> new Access(host, 8080, ApiTokens.NONE, null, false, 1))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContainingAll("--tokens", "--without-authentication");
        assertThat(new Access(host, 8080, ApiTokens.NONE, null, true, 1).isOnlyForThisMachine())
                .isFalse();
        ApiTokens tokens = new ApiTokens(List.of(ApiToken.of("a", Scope.READ, "t")));
        assertThat(new Access(host, 8080, tokens, null, false, 1).authenticates())
                .isTrue();
        assertThatThrownBy(() -> new Access(host, 8080, tokens, null, true, 1)).hasMessageContaining("set one of them");
    }

    @Test
    void aFileHoldsHashesAndFindsTokensByThem() throws Exception {
        String token = ApiToken.random(new SecureRandom());
        assertThat(token).matches("srp_[A-Za-z0-9_-]{43}");
        String line = ApiToken.of("ada", Scope.OPERATE, token).line();
        assertThat(line).matches("ada operate sha256:[0-9a-f]{64}").doesNotContain(token);
        ApiTokens tokens = ApiTokens.read(Files.writeString(folder.resolve("t"), "# people\n\n" + line + "\n"));
        assertThat(tokens.find(token))
                .hasValueSatisfying(found -> assertThat(found)
                        .hasToString("ada (operate)")
                        .extracting(ApiToken::scope)
                        .isEqualTo(Scope.OPERATE));
        assertThat(tokens.find(token + "x")).isEmpty();
        assertThat(tokens.find("")).isEmpty();
        assertThat(tokens.find("x".repeat(10_000))).isEmpty();
    }

    @Test
    void whatIsWrongInAFileIsNamedByItsLineAndNotRepeated() throws Exception {
        String good = ApiToken.of("ada", Scope.READ, "t").line();
        refused("srp_secret", "line 1: not NAME SCOPE sha256:HASH");
        refused(good + "\nbob read srp_secret", "line 2: not NAME SCOPE sha256:HASH");
        refused(good.replace("read", "root"), "line 1: there is no such scope");
        refused(good + "\n" + good, "line 2: there are two tokens of the name 'ada'");
        refused("# nobody\n", "there is no token in it");
        assertThatThrownBy(() -> ApiTokens.read(folder.resolve("no"))).hasMessageContaining("there is no such file");
    }

    private void refused(String text, String why) throws Exception {
        Path file = Files.writeString(folder.resolve("tokens"), text);
        assertThatThrownBy(() -> ApiTokens.read(file))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret");
    }

    @Test
    void scopesIncludeThoseBefore() {
        assertThat(Scope.READ.roles()).containsExactly(Roles.READ);
        assertThat(Scope.ADMIN.roles()).containsExactly(Roles.READ, Roles.OPERATE, Roles.ADMIN);
    }

    @Test
    void bucketsFillUpAgainEachForItself() {
        AtomicLong now = new AtomicLong();
        TokenBuckets buckets = new TokenBuckets(2, 3, 10, now::get);
        assertThat(List.of(buckets.take("a"), buckets.take("a"), buckets.take("a")))
                .containsOnly(0);
        assertThat(buckets.take("a")).isEqualTo(1);
        assertThat(buckets.take("b")).isZero();
        now.addAndGet(SECOND / 2);
        assertThat(buckets.take("a")).isZero();
        assertThat(buckets.take("a")).isEqualTo(1);
        now.addAndGet(100 * SECOND);
        assertThat(List.of(buckets.take("a"), buckets.take("a"), buckets.take("a")))
                .containsOnly(0);
        assertThat(buckets.take("a")).isEqualTo(1);
    }

    @Test
    void soManyClientsAreRemembered() {
        TokenBuckets buckets = new TokenBuckets(1, 1, 10, () -> 0);
        for (int i = 0; i < 1_000; i++) {
            buckets.take("client " + i);
        }
        assertThat(buckets.size()).isEqualTo(10);
        assertThat(buckets.take("client 999")).isPositive();
    }
}

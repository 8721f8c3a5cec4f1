package dev.surprisal.scorer.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.engine.ScoringModel;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.scorer.fixture.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelInspectionTest {

    private static final byte[] MODEL = TinyModel.version("2");
    private static final List<byte[]> NONE = List.of();

    @TempDir
    private Path folder;

    private Path publicKey;
    private Path privateKey;
    private Path othersKey;

    @BeforeEach
    void makeKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        KeyPair ours = generator.generateKeyPair();
        publicKey = pem("public.pem", "PUBLIC", ours.getPublic().getEncoded());
        privateKey = pem("private.pem", "PRIVATE", ours.getPrivate().getEncoded());
        othersKey = pem(
                "other.pem", "PRIVATE", generator.generateKeyPair().getPrivate().getEncoded());
    }

    @Test
    void takesWhatTheKeysOwnerSigned() {
        byte[] signature = Ed25519.readPrivate(privateKey).sign(MODEL);
        try (ScoringModel model =
                new ModelInspection(Ed25519.readPublic(publicKey)).open(MODEL, "payments", signature, "m", NONE)) {
            assertThat(model.card().version()).isEqualTo("2");
        }
    }

    @Test
    void refusesWhatNobodyOrSomebodyElseSigned() {
        ModelInspection inspection = new ModelInspection(Ed25519.readPublic(publicKey));
        refuses(inspection, MODEL, null, NONE, "m: it is not signed");
        byte[] others = Ed25519.readPrivate(othersKey).sign(MODEL);
        refuses(inspection, MODEL, others, NONE, "its signature is not by the configured key");
        refuses(inspection, MODEL, new byte[3], NONE, "its signature is not by the configured key");
        byte[] changed = MODEL.clone();
        changed[100]++;
        refuses(inspection, changed, Ed25519.readPrivate(privateKey).sign(MODEL), NONE, "its signature is not");
    }

    @Test
    void refusesWhatIsNoModelOrOneOfOtherRecords() {
        ModelInspection inspection = new ModelInspection(null);
        refuses(inspection, "hello".getBytes(UTF_8), null, NONE, "not an ONNX model that can be loaded");
        assertThatThrownBy(() -> inspection.open(MODEL, "logins", null, "m", NONE))
                .isInstanceOf(ModelException.class)
                .hasMessage("m: it is a model of 'payments', not of 'logins'");
    }

    @Test
    void refusesWhatCanScoreNoneOfTheRecordsThatCouldBeScored() {
        List<byte[]> others = List.of("{\"user\": 1}".getBytes(UTF_8), "{\"amount\": \"a\"}".getBytes(UTF_8));
        refuses(new ModelInspection(null), MODEL, null, others, "none of the last 2 records", "'amount'");
        List<byte[]> one = List.of("{}".getBytes(UTF_8), "{\"amount\": 1, \"country\": \"DE\"}".getBytes(UTF_8));
        new ModelInspection(null).open(MODEL, null, null, "m", one).close();
    }

    @Test
    void keyThatIsNoneIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pem"), "hello");
        assertThatThrownBy(() -> Ed25519.readPublic(text))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("text.pem: holds no key in PEM");
        assertThatThrownBy(() -> Ed25519.readPublic(privateKey)).hasMessageContaining("-----BEGIN PUBLIC KEY-----");
        assertThatThrownBy(() -> Ed25519.readPublic(folder.resolve("no.pem")))
                .hasMessageContaining("there is no such key file");
        Path wrong = pem("wrong.pem", "PUBLIC", new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Ed25519.readPublic(wrong)).hasMessageContaining("not an Ed25519 public key");
    }

    private static void refuses(
            ModelInspection inspection, byte[] onnx, byte[] signature, List<byte[]> recent, String... why) {
        assertThatThrownBy(() -> inspection.open(onnx, null, signature, "m", recent))
                .isInstanceOf(ModelException.class)
                .hasMessageContainingAll(why);
    }

    private Path pem(String name, String kind, byte[] encoded) throws IOException {
        String text = "-----BEGIN " + kind + " KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(encoded) + "\n-----END " + kind + " KEY-----\n";
        return Files.writeString(folder.resolve(name), text);
    }
}

package dev.surprisal.scorer.model;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Ed25519 key (RFC 8032), as {@code openssl genpkey -algorithm ed25519} makes it. Signatures are over the bytes of the model file, so that
 * {@code openssl pkeyutl -sign -rawin} makes the same.
 */
public final class Ed25519 {

    private static final String ALGORITHM = "Ed25519";
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (PUBLIC|PRIVATE) KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1 KEY-----");

    private final PublicKey publicKey;
    private final PrivateKey privateKey;

    private Ed25519(PublicKey publicKey, PrivateKey privateKey) {
        this.publicKey = publicKey;
        this.privateKey = privateKey;
    }

    /** Reads the public key of a PEM file, to verify with. */
    public static Ed25519 readPublic(Path file) {
        try {
            return new Ed25519(
                    KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(read(file, "PUBLIC"))),
                    null);
        } catch (GeneralSecurityException e) {
            throw new SurprisalException(file + ": not an Ed25519 public key", e);
        }
    }

    /** Reads the private key of a PEM file, to sign with. */
    public static Ed25519 readPrivate(Path file) {
        try {
            return new Ed25519(
                    null,
                    KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(read(file, "PRIVATE"))));
        } catch (GeneralSecurityException e) {
            throw new SurprisalException(file + ": not an Ed25519 private key", e);
        }
    }

    private static byte[] read(Path file, String kind) {
        try {
            Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.US_ASCII));
            if (!pem.find() || !pem.group(1).equals(kind)) {
                throw new SurprisalException(file + ": holds no key in PEM, -----BEGIN " + kind + " KEY-----");
            }
            return Base64.getMimeDecoder().decode(pem.group(2));
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such key file", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The signature of a model file, 64 bytes. */
    public byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(privateKey);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key cannot sign", e);
        }
    }

    /** Whether a signature is by the owner of the key. */
    public boolean verifies(byte[] bytes, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(publicKey);
            verifier.update(bytes);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            // Not even of the form of a signature.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key cannot verify", e);
        }
    }
}

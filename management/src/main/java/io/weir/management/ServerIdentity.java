package io.weir.management;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain and its private key, from PEM files (RFC 7468).
 *
 * @param keyStore both, without a password
 * @param names DNS names of the certificate (RFC 5280 §4.2.1.6)
 */
record ServerIdentity(KeyStore keyStore, List<String> names) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s+([A-Za-z0-9+/=\\s]+?)-----END \\1-----");
    private static final int LONGEST_FILE = 1 << 20;
    private static final int DNS_NAME = 2;

    /** Reads the files; errors name the file and what is wrong. */
    static ServerIdentity read(Path certificateFile, Path keyFile) throws IOException {
        List<X509Certificate> chain = chain(certificateFile);
        PrivateKey key = key(keyFile, chain.getFirst().getPublicKey());
        try {
            if (!isPair(chain.getFirst().getPublicKey(), key)) {
                throw new IOException(keyFile + ": is not the key of the certificate in " + certificateFile);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("weir", key, new char[0], chain.toArray(Certificate[]::new));
            return new ServerIdentity(store, names(chain.getFirst()));
        } catch (GeneralSecurityException e) {
            throw new IOException(certificateFile + ", " + keyFile + ": cannot be used: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> chain(Path file) throws IOException {
        try {
            Collection<? extends Certificate> found = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text(file).getBytes(StandardCharsets.UTF_8)));
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate each : found) {
                chain.add((X509Certificate) each);
            }
            if (chain.isEmpty()) {
                throw new IOException(file + ": has no certificate (PEM, 'BEGIN CERTIFICATE')");
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": is not a chain of PEM certificates: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file, PublicKey of) throws IOException {
        Matcher pem = PEM.matcher(text(file));
        while (pem.find()) {
            String label = pem.group(1);
            if (label.equals("PRIVATE KEY")) {
                try {
                    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
                    return KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (GeneralSecurityException | IllegalArgumentException e) {
                    throw new IOException(
                            file + ": is not a private " + of.getAlgorithm()
                                    + " key in PKCS #8, as the certificate has",
                            e);
                }
            }
            if (label.endsWith("PRIVATE KEY")) {
                throw new IOException(
                        file + ": is a '" + label + "', not an unencrypted PKCS #8 'PRIVATE KEY' (try openssl"
                                + " pkcs8 -topk8 -nodes -in " + file.getFileName() + ")");
            }
        }
        throw new IOException(file + ": has no private key (PEM, 'BEGIN PRIVATE KEY')");
    }

    private static String text(Path file) throws IOException {
        try {
            if (Files.size(file) > LONGEST_FILE) {
                throw new IOException(file + ": is longer than " + LONGEST_FILE + " bytes");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (java.nio.file.FileSystemException e) {
            throw new IOException(file + ": cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private static boolean isPair(PublicKey publicKey, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (publicKey.getAlgorithm().toUpperCase(Locale.ROOT)) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> publicKey.getAlgorithm();
        };
        byte[] probe = {1, 2, 3, 4};
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(probe);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(publicKey);
        verifier.update(probe);
        return verifier.verify(signature);
    }

    private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> each : alternatives) {
                if (each.get(0) instanceof Integer kind && kind == DNS_NAME && each.get(1) instanceof String name) {
                    names.add(name);
                }
            }
        }
        return List.copyOf(names);
    }
}

package io.weir.management;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lets in who has the token. A source that has guessed wrong too often has to wait, whatever it presents. */
final class TokenGate {
    private static final String SCHEME = "bearer ";

    private final byte[] token;
    private final RateLimiter failures;

    TokenGate(String token, RateLimiter failures) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.failures = failures;
    }

    /**
     * Passes or throws.
     *
     * @param authorization the header
     * @param parameter token in the query, where that is allowed
     */
    void check(@Nullable String authorization, @Nullable String parameter, Object source, long nowNs)
            throws ApiException {
        String given = authorization == null ? parameter : bearer(authorization);
        if (given == null) {
            throw new ApiException(401, "a token is needed: send the header 'Authorization: Bearer TOKEN'");
        }
        if (!failures.hasToken(source, nowNs)) {
            throw new ApiException(429, "too many wrong tokens from this address; wait");
        }
        if (!MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8))) {
            boolean ignored = failures.tryTake(source, nowNs);
            throw new ApiException(401, "the token is wrong");
        }
    }

    private static String bearer(String authorization) throws ApiException {
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new ApiException(401, "the header Authorization must be 'Bearer TOKEN'");
        }
        return authorization.substring(SCHEME.length()).strip();
    }
}

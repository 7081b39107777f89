package io.weir.control.health;

/**
 * What one check of one address found.
 *
 * @param good whether the server is as it should be
 * @param message one line for people
 */
public record ProbeResult(boolean good, String message) {
    static ProbeResult good(String message) {
        return new ProbeResult(true, message);
    }

    static ProbeResult bad(String message) {
        return new ProbeResult(false, message);
    }
}

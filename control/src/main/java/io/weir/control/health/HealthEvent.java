package io.weir.control.health;

/**
 * A check of a server has ended.
 *
 * @param server the server's name
 * @param state of the server now; often the same as before
 * @param message what the check found, such as {@code HTTP 503 in 3 ms (wanted 200-399)}; one line
 */
public record HealthEvent(String server, HealthState state, String message) {}

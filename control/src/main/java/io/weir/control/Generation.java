package io.weir.control;

import io.weir.control.configuration.ConfigurationDiff;

/**
 * A generation of the configuration table, as it is remembered.
 *
 * @param number counts from 1
 * @param epochMs when it came into force
 * @param cause why
 * @param diff what changed
 * @param desired what people wanted then
 * @param wanted whether people made it, or else health checks and load
 * @param tookMs time from the decision to the flip, milliseconds
 */
public record Generation(
        long number,
        long epochMs,
        String cause,
        ConfigurationDiff diff,
        Desired desired,
        boolean wanted,
        long tookMs) {}

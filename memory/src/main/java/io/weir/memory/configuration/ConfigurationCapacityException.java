package io.weir.memory.configuration;

import java.io.Serial;

/** A configuration does not fit into a side of the configuration table; the active side is as before. */
public final class ConfigurationCapacityException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    ConfigurationCapacityException(String message) {
        super(message);
    }
}

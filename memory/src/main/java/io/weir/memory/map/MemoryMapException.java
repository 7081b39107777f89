package io.weir.memory.map;

/** A map file that cannot be created or attached: which file, what was found, what was expected. */
public final class MemoryMapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MemoryMapException(String message) {
        super(message);
    }

    public MemoryMapException(String message, Throwable cause) {
        super(message, cause);
    }
}

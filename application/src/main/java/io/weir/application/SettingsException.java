package io.weir.application;

/** A setting is wrong, or what the application shall listen on; the message names what is wrong and how to mend it. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    private final String setting;
    private final boolean ofClaims;

    /**
     * What is wrong with a setting.
     *
     * @param setting its path, such as {@code names.www.example.org}; empty for the settings as a whole
     */
    public SettingsException(String setting, String message) {
        this(setting, message, false);
    }

    private SettingsException(String setting, String message, boolean ofClaims) {
        super(message);
        this.setting = setting;
        this.ofClaims = ofClaims;
    }

    /** What is wrong with the claims. */
    public static SettingsException ofClaims(String message) {
        return new SettingsException("", message, true);
    }

    /** Path of the setting. */
    public String setting() {
        return setting;
    }

    /** True when not a setting is wrong, but the claims. */
    public boolean isOfClaims() {
        return ofClaims;
    }
}

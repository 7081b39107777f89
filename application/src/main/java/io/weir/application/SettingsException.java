package io.weir.application;

/** A setting is wrong; the message names what is wrong and how to mend it. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1;

    private final String setting;

    /**
     * What is wrong.
     *
     * @param setting its path, such as {@code names.www.example.org}; empty for the settings as a whole
     */
    public SettingsException(String setting, String message) {
        super(message);
        this.setting = setting;
    }

    /** Path of the setting. */
    public String setting() {
        return setting;
    }
}

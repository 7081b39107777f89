package io.weir.application;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of this interface, as semantic versioning has it: a greater minor number adds, a greater major number breaks.
 *
 * @param major must be the same
 * @param minor an application may be built for a smaller one than the node has
 */
public record SpiVersion(int major, int minor) {
    /** The version of this module. */
    public static final SpiVersion CURRENT = new SpiVersion(1, 0);

    /** Main attribute of the manifest of an application's jar, with the version it was built for, such as {@code 1.0}. */
    public static final String MANIFEST_ATTRIBUTE = "Weir-Application-SPI";

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    /**
     * Reads {@code major.minor}.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    public static SpiVersion parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no version like " + CURRENT);
        }
        return new SpiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** True when an application built for {@code other} runs on this version. */
    public boolean runs(SpiVersion other) {
        return other.major == major && other.minor <= minor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}

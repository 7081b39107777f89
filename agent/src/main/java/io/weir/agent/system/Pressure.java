package io.weir.agent.system;

/** Pressure stall information (Documentation/accounting/psi.rst of the kernel). */
final class Pressure {
    private static final String KEY = "some avg10=";

    private Pressure() {}

    /**
     * The share, 0..1, of the last ten seconds in which some task waited for the resource; 0 when the kernel does not say.
     *
     * @param text of {@code /proc/pressure/X} or a control group's {@code X.pressure}
     */
    static double some(String text) {
        int at = text.startsWith(KEY) ? 0 : text.indexOf("\n" + KEY) + 1;
        if (at == 0 && !text.startsWith(KEY)) {
            return 0;
        }
        int end = text.indexOf(' ', at + KEY.length());
        try {
            double percent = Double.parseDouble(text.substring(at + KEY.length(), end < 0 ? text.length() : end));
            return percent >= 0 ? Math.min(percent / 100, 1) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

package io.weir.lab.bench;

/** A row could not be measured for a contestant; the message says why, in a line. */
final class MeasurementException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MeasurementException(String message) {
        super(message);
    }

    /** The last line of what a program printed, which usually says what was wrong. */
    static String lastLine(String output) {
        return output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce((first, second) -> second)
                .orElse("printed nothing");
    }
}

package io.weir.applications.rtp;

import io.weir.application.Settings;
import io.weir.application.SettingsException;

/**
 * Settings of the relay.
 *
 * @param sessions most sessions at a time, 1..{@value #MOST_SESSIONS}
 * @param relatchMs silence after which a side may send from another address
 * @param idleMs silence of both sides after which a session ends
 */
record RtpSettings(int sessions, int relatchMs, int idleMs) {
    static final int MOST_SESSIONS = 32_768;
    private static final int DEFAULT_SESSIONS = 4_096;
    private static final int DEFAULT_RELATCH_MS = 5_000;
    private static final int DEFAULT_IDLE_MS = 60_000;
    private static final int LEAST_MS = 100;
    /** A day: well within the clock's wrap. */
    private static final int GREATEST_MS = 86_400_000;

    static RtpSettings of(Settings settings) throws SettingsException {
        RtpSettings all = new RtpSettings(
                (int) settings.number("sessions", 1, MOST_SESSIONS, DEFAULT_SESSIONS),
                duration(settings, "relatch", DEFAULT_RELATCH_MS),
                duration(settings, "idle", DEFAULT_IDLE_MS));
        settings.refuseOthers();
        return all;
    }

    private static int duration(Settings settings, String name, int otherwise) throws SettingsException {
        long ms = settings.milliseconds(name, otherwise);
        if (ms < LEAST_MS || ms > GREATEST_MS) {
            throw new SettingsException(name, name + ": " + ms + " ms is not within 100ms..24h");
        }
        return (int) ms;
    }

    /** Settings that were checked before. */
    static RtpSettings checked(Settings settings) {
        try {
            return of(settings);
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}

package org.example.time;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.util.List;

/** Type {@code time}. Setting: {@code ahead}, how much the clock is set forward, such as 5m. */
public final class TimeProvider implements ApplicationProvider {
    @Override
    public String type() {
        return "time";
    }

    @Override
    public String summary() {
        return "tells the time of day (RFC 868) over UDP";
    }

    @Override
    public ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException {
        ahead(settings);
        settings.refuseOthers();
        return new ApplicationPlan(TimeApplication.COUNTERS, TimeApplication.DROP_REASONS);
    }

    private static long ahead(Settings settings) throws SettingsException {
        return settings.milliseconds("ahead", 0);
    }

    @Override
    public NetworkApplication create(ApplicationContext context) {
        try {
            return new TimeApplication(context.counters(), ahead(context.settings()));
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e); // plan has found none
        }
    }
}

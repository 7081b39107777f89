package io.weir.applications.rtp;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.util.List;

/** Makes the RTP media relay. */
public final class RtpRelayProvider implements ApplicationProvider {
    private static final int TIMER_MS = 100;

    @Override
    public String type() {
        return "rtp";
    }

    @Override
    public String summary() {
        return "relays RTP and RTCP between the two sides of calls and measures jitter and loss";
    }

    @Override
    public ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException {
        RelayAddresses.of(claims);
        return new ApplicationPlan(
                Count.NAMES,
                Reason.NAMES,
                SessionTable.bytes(RtpSettings.of(settings).sessions()),
                TIMER_MS);
    }

    @Override
    public NetworkApplication create(ApplicationContext context) {
        return new RtpRelay(context, RtpSettings.checked(context.settings()));
    }

    @Override
    public ApplicationControl control(ApplicationContext context) {
        return new RtpControl(context, RtpSettings.checked(context.settings()));
    }
}

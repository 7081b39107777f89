package io.weir.applications.echo;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.applications.hash.SharedKey;
import java.util.Arrays;
import java.util.List;

/** Type {@code echo}; no settings. */
public final class EchoProvider implements ApplicationProvider {
    @Override
    public String type() {
        return "echo";
    }

    @Override
    public String summary() {
        return "sends UDP datagrams back and looks like an open TCP port, for health checks and measurements";
    }

    @Override
    public ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException {
        settings.refuseOthers();
        return new ApplicationPlan(
                Arrays.stream(EchoCounter.values()).map(counter -> counter.text).toList(),
                Arrays.stream(EchoDrop.values()).map(drop -> drop.text).toList(),
                SharedKey.BYTES,
                0);
    }

    @Override
    public NetworkApplication create(ApplicationContext context) {
        return new EchoApplication(context);
    }
}

package io.weir.applications.dns;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import java.util.Arrays;
import java.util.List;

/**
 * Type {@code dns}. Settings: {@code zone} is a list of zones; {@code names} has the addresses of names within; {@code ttl} in
 * seconds; {@code responses-per-second} to each prefix of clients.
 */
public final class DnsProvider implements ApplicationProvider {
    @Override
    public String type() {
        return "dns";
    }

    @Override
    public String summary() {
        return "answers DNS queries for static names over UDP";
    }

    @Override
    public ApplicationPlan plan(Settings settings, List<Claim> claims) throws SettingsException {
        DnsSettings.of(settings);
        return new ApplicationPlan(
                Arrays.stream(DnsCounter.values()).map(counter -> counter.text).toList(),
                Arrays.stream(DnsDrop.values()).map(drop -> drop.text).toList());
    }

    @Override
    public NetworkApplication create(ApplicationContext context) {
        try {
            return new DnsApplication(context, DnsSettings.of(context.settings()));
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}

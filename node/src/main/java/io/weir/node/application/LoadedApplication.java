package io.weir.node.application;

import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Claim;
import io.weir.application.Settings;
import io.weir.control.configuration.ApplicationConfiguration;
import io.weir.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * An application that was found and whose settings are right.
 *
 * @param id the number under which packets are its, as of an interface
 * @param configuration of it
 * @param provider makes its parts
 * @param plan what it needs
 */
public record LoadedApplication(
        int id, ApplicationConfiguration configuration, ApplicationProvider provider, ApplicationPlan plan) {
    public String name() {
        return configuration.name();
    }

    /** Its settings; new ones with each call, because they remember what they are asked for. */
    public Settings settings() {
        return Settings.of(configuration.settings());
    }

    /** What it listens on, in the order of the configuration. */
    public List<Claim> claims() {
        return claims(configuration);
    }

    static List<Claim> claims(ApplicationConfiguration configuration) {
        return configuration.claims().stream()
                .map(each -> new Claim(
                        address(each.address()), each.protocol().number(), each.leastPort(), each.greatestPort()))
                .toList();
    }

    private static InetAddress address(IpAddress address) {
        try {
            return InetAddress.getByAddress(address.octets());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 octets", e);
        }
    }
}

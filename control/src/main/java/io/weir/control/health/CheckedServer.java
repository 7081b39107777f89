package io.weir.control.health;

import io.weir.control.configuration.CheckConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.ServerConfiguration;
import io.weir.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A server and how it is checked.
 *
 * @param name of the server
 * @param addresses one or more; a check asks all of them, and has succeeded when all have answered
 * @param check what is asked, and when
 */
public record CheckedServer(String name, List<IpAddress> addresses, CheckConfiguration check) {
    public CheckedServer {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("server " + name + ": no address to check");
        }
    }

    /** The servers of a configuration that name a check, at their first address of each family. */
    public static List<CheckedServer> of(NodeConfiguration configuration) {
        List<CheckedServer> checked = new ArrayList<>();
        for (ServerConfiguration server : configuration.servers()) {
            for (CheckConfiguration check : configuration.checks()) {
                if (check.name().equals(server.check())) {
                    checked.add(new CheckedServer(server.name(), firstOfEachFamily(server.addresses()), check));
                }
            }
        }
        return checked;
    }

    private static List<IpAddress> firstOfEachFamily(List<IpAddress> addresses) {
        List<IpAddress> first = new ArrayList<>();
        for (IpAddress address : addresses) {
            if (first.stream().noneMatch(f -> f.lengthBits() == address.lengthBits())) {
                first.add(address);
            }
        }
        return first;
    }
}

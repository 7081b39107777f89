package io.weir.control.configuration;

import io.weir.wire.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where load reports arrive and who may send them.
 *
 * @param listen addresses for datagrams; one of an interface's own is reached through the data path, any other through the host
 * @param port UDP port
 * @param keys by number; none: no reports are taken
 * @param window greatest difference between a report's time and ours
 * @param reportsPerSecond greatest number of datagrams looked at per second
 */
public record ReportsConfiguration(
        List<IpAddress> listen, int port, List<Key> keys, Duration window, int reportsPerSecond) {
    public static final int DEFAULT_PORT = 7411;
    public static final ReportsConfiguration NONE =
            new ReportsConfiguration(List.of(), DEFAULT_PORT, List.of(), Duration.ofSeconds(30), 10_000);

    public ReportsConfiguration {
        listen = List.copyOf(listen);
        keys = List.copyOf(keys);
    }

    /**
     * A key for the authentication of reports.
     *
     * @param id 1..65535
     * @param file whose content is the key: hexadecimal digits of at least 32 bytes
     * @param servers names of the servers it may speak for; empty for all
     */
    public record Key(int id, Path file, List<String> servers) {
        public Key {
            servers = List.copyOf(servers);
        }
    }
}

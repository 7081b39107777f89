package io.weir.agent.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.metric.Metric;
import io.weir.agent.metric.SourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionSourceTest {
    private static final long SECOND = 1_000_000_000L;
    /** Port 80 and 22 listen; two connections at 80, one at 22, one outgoing, one that has ended. */
    private static final String TCP = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1 0000000000000000 100 0 0 10 0
           1: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22 1 0000000000000000 100 0 0 10 0
           2: 0A00000A:0050 0B00000A:C001 01 00000000:00000000 00:00000000 00000000     0        0 23 1 0000000000000000 20 4 30 10 -1
           3: 0A00000A:0050 0B00000A:C002 01 00000000:00000000 00:00000000 00000000     0        0 24 1 0000000000000000 20 4 30 10 -1
           4: 0A00000A:0050 0B00000A:C003 06 00000000:00000000 03:00000EAA 00000000     0        0 0 3 0000000000000000
           5: 0A00000A:0016 0B00000A:C004 01 00000000:00000000 00:00000000 00000000     0        0 25 1 0000000000000000 20 4 30 10 -1
           6: 0A00000A:C350 0B00000A:0050 01 00000000:00000000 00:00000000 00000000     0        0 26 1 0000000000000000 20 4 30 10 -1
        """;

    private static final String TCP6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31 1 0000000000000000 100 0 0 10 0
           1: 0000000000000000FFFF00000A00000A:01BB 0000000000000000FFFF00000B00000A:C005 01 00000000:00000000 00:00000000 00000000     0        0 32 1 0000000000000000 20 4 30 10 -1
           2: B80D01200000000000000000020000A0:01BB B80D01200000000000000000030000A0:C006 01 00000000:00000000 00:00000000 00000000     0        0 33 1 0000000000000000 20 4 30 10 -1
        """;

    @TempDir
    private Path root = Path.of(".");

    private Samples samples = new Samples(root.resolve("none"));
    private long stopwatchNs;
    private long countNs;

    @BeforeEach
    void a_server() {
        samples = new Samples(root).put("/proc/net/tcp", TCP).put("/proc/net/tcp6", TCP6);
    }

    private ConnectionSource source(int... ports) {
        BitSet set = new BitSet();
        for (int port : ports) {
            set.set(port);
        }
        return new ConnectionSource(samples.files(), set, () -> {
            stopwatchNs += countNs;
            return stopwatchNs;
        });
    }

    private static double clients(ConnectionSource source, long nowNs) throws SourceException {
        return source.read(nowNs).value(Metric.CLIENTS);
    }

    @Test
    void all_ports_that_are_listened_on_count_over_both_families() throws SourceException {
        assertThat(clients(source(), 0)).isEqualTo(5);
    }

    @Test
    void given_ports_count_alone() throws SourceException {
        assertThat(clients(source(80), 0)).isEqualTo(2);
        assertThat(clients(source(80, 443), 0)).isEqualTo(4);
        assertThat(clients(source(8080), 0)).isZero();
    }

    @Test
    void a_host_without_ipv6_has_no_tcp6() throws Exception {
        Files.delete(root.resolve("proc/net/tcp6"));
        assertThat(clients(source(80, 443), 0)).isEqualTo(2);
    }

    @Test
    void fifty_thousand_connections_are_counted() throws SourceException {
        StringBuilder text = new StringBuilder(TCP);
        for (int i = 0; i < 50_000; i++) {
            text.append(String.format(
                    "%6d: 0A00000A:0050 %08X:C001 01 00000000:00000000 00:00000000 00000000     0        0 23 1"
                            + " 0000000000000000 20 4 30 10 -1%n",
                    i + 7, i));
        }
        samples.put("/proc/net/tcp", text.toString());
        assertThat(clients(source(80), 0)).isEqualTo(50_002);
    }

    @Test
    void while_counting_again_would_cost_too_much_the_last_count_is_scaled() throws SourceException {
        samples.put(
                "/proc/net/sockstat", "sockets: used 300\nTCP: inuse 80 orphan 0 tw 2 alloc 90 mem 3\nUDP: inuse 4\n");
        samples.put("/proc/net/sockstat6", "TCP6: inuse 20\nUDP6: inuse 3\n");
        countNs = 50_000_000;
        ConnectionSource source = source(80, 443);
        assertThat(clients(source, 0)).isEqualTo(4);

        samples.put("/proc/net/sockstat", "sockets: used 300\nTCP: inuse 130 orphan 0 tw 2 alloc 90 mem 3\n");
        assertThat(clients(source, 9 * SECOND)).isEqualTo(6);
        assertThat(source.detail(Metric.CLIENTS))
                .isEqualTo("established TCP at ports 80, 443, scaled from the last count");

        assertThat(clients(source, 10 * SECOND)).isEqualTo(4);
        assertThat(source.detail(Metric.CLIENTS)).isEqualTo("established TCP at ports 80, 443");
    }

    @Test
    void counts_that_cost_nothing_are_made_each_time() throws SourceException {
        samples.put("/proc/net/sockstat", "TCP: inuse 80 orphan 0 tw 2 alloc 90 mem 3\n");
        ConnectionSource source = source(80);
        assertThat(clients(source, 0)).isEqualTo(2);
        samples.put("/proc/net/tcp", TCP.replace(":C003 06", ":C003 01"));
        assertThat(clients(source, SECOND)).isEqualTo(3);
    }
}

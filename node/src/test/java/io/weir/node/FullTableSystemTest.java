package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Commands;
import io.weir.lab.Figure1;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection table that is far too small for what comes. */
class FullTableSystemTest {
    private static final int ROOM = 1024; // the least that can be configured
    /** More than the table has slots for: it is sized for twice to four times the records asked for. */
    private static final int MANY = 6 * ROOM;

    /** SYNs from addresses that never answer, each from another one. */
    private static final String SYN_FLOOD = """
            import socket, struct, sys, time
            target, count = socket.inet_aton(sys.argv[1]), int(sys.argv[2])
            def checksum(data):
                total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
                while total >> 16:
                    total = (total & 0xffff) + (total >> 16)
                return ~total & 0xffff
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            for i in range(count):
                source = struct.pack('!BBH', 198, 18, i + 1)
                tcp = struct.pack('!HHIIBBHHH', 1024 + i, 80, i, 0, 0x50, 2, 65535, 0, 0)
                sum_ = checksum(source + target + struct.pack('!BBH', 0, 6, 20) + tcp)
                tcp = tcp[:16] + struct.pack('!H', sum_) + tcp[18:]
                ip = struct.pack('!BBHHHBBH', 0x45, 0, 40, i, 0, 64, 6, 0) + source + target
                s.sendto(ip + tcp, (sys.argv[1], 0))
                if i % 32 == 0: time.sleep(0.001) # slower than a receive ring overflows
            """;

    /** Opens connections and keeps them; says how many were accepted. */
    private static final String HOARD = """
            import resource, select, socket, sys, time
            resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))
            count = int(sys.argv[2])
            sockets = []
            for i in range(count):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex((sys.argv[1], 80))
                sockets.append(s)
                if i % 16 == 0: time.sleep(0.002) # slower than a receive ring overflows
            time.sleep(0.9) # before the second try of those refused
            poll = select.poll()
            for s in sockets:
                poll.register(s, select.POLLOUT)
            print(len([e for f, e in poll.poll(0) if e == select.POLLOUT]))
            """;

    private final String name = "system-full-" + ProcessHandle.current().pid();

    @Test
    @SuppressWarnings("try")
    void established_connections_are_unaffected_by_floods(@TempDir Path temporary)
            throws IOException, InterruptedException {
        Programs.assume("nginx", "curl", "python3");
        Path folder = Programs.readable(temporary);
        String configuration =
                Figure1.configuration(name, 1, 0, 0).replace("connections-ipv4: 65536", "connections-ipv4: " + ROOM);
        assertThat(configuration).contains("connections-ipv4: " + ROOM);
        try (Figure1 figure = new Figure1(name + "-")) {
            Nginx.start(figure.station("5-1"), folder, "5-1", Nginx.PORT);
            try (RunningNode node = RunningNode.start(figure.weir(), folder, name, configuration)) {
                Future<Commands.Result> download = figure.station("7-1")
                        .submit(() -> Programs.in(
                                figure.station("7-1"),
                                60,
                                "curl",
                                "-sS",
                                "--fail",
                                "--limit-rate",
                                "1M",
                                "-r",
                                "0-5999999",
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{size_download}",
                                "http://" + Figure1.VIRTUAL_4 + "/gigabyte"));
                Programs.await("the download has begun", 10, () -> node.counter("connections-created") == 1);

                // A busy machine may drop much of a flood before weir sees it: flood until the table is full.
                Programs.await("half-open ones give way", 60, () -> {
                    Programs.successIn(
                            figure.station("7-2"), 30, "python3", "-c", SYN_FLOOD, Figure1.VIRTUAL_4, "5000");
                    return node.counter("connections-recycled") > 0;
                });

                // The half-open ones give way to these until all are established, then there is no more room.
                String accepted = Programs.successIn(
                        figure.station("7-2"), 30, "python3", "-c", HOARD, Figure1.VIRTUAL_4, String.valueOf(MANY));
                assertThat(Integer.parseInt(accepted.strip())).isBetween(ROOM / 2, MANY - 1);
                assertThat(node.drops("connection-table-full")).isPositive();

                Commands.Result whole = io.weir.lab.Station.await(download);
                assertThat(whole.output()).isEqualTo("6000000");
                assertThat(whole.status()).isZero();
                // IPv6 has a table of its own.
                assertThat(Programs.successIn(
                                figure.station("7-1"), 20, "curl", "-g", "-sS", "http://[" + Figure1.VIRTUAL_6 + "]/"))
                        .isEqualTo("5-1\n");
                // and there is room again
                Programs.await(
                        "served again",
                        30,
                        () -> Programs.in(
                                                figure.station("7-1"),
                                                20,
                                                "curl",
                                                "-sS",
                                                "--max-time",
                                                "2",
                                                "http://" + Figure1.VIRTUAL_4 + "/")
                                        .status()
                                == 0);
            }
        }
    }
}

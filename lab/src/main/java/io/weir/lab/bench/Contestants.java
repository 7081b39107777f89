package io.weir.lab.bench;

import io.weir.lab.Commands;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who takes part. Each is set up as its manual advises for a small machine; README and report name the settings. */
final class Contestants {
    static final String NONE = "none";
    static final String NFTABLES = "nftables";
    static final String HAPROXY = "haproxy";
    static final String NGINX = "nginx";
    static final String AF_PACKET = "af_packet";
    static final String AF_XDP = "af_xdp";
    static final String C_FORWARDER = "c-forwarder";

    private static final Set<Row.Traffic> ALL = EnumSet.allOf(Row.Traffic.class);
    private static final Set<Row.Traffic> SERVICES = EnumSet.of(Row.Traffic.TCP, Row.Traffic.UDP);

    static final List<Contestant> ALL_CONTESTANTS = List.of(
            new Contestant(
                    NONE,
                    "no balancer: the kernel forwards to the server's own address",
                    List.of(),
                    ALL,
                    false,
                    Contestants::none),
            new Contestant(
                    NFTABLES,
                    "nftables DNAT in prerouting, connection tracking",
                    List.of(Program.NFT),
                    SERVICES,
                    true,
                    Contestants::nftables),
            new Contestant(
                    HAPROXY,
                    "HAProxy, mode tcp, nbthread 2, splice-auto",
                    List.of(Program.HAPROXY),
                    EnumSet.of(Row.Traffic.TCP),
                    true,
                    Contestants::haproxy),
            new Contestant(
                    NGINX,
                    "nginx stream, worker_processes 2, reuseport",
                    List.of(Program.NGINX),
                    SERVICES,
                    true,
                    Contestants::nginx),
            new Contestant(
                    AF_PACKET,
                    "weir, driver af_packet, default settings",
                    List.of(),
                    ALL,
                    true,
                    (lane, workshop) -> weir(lane, workshop, AF_PACKET)),
            new Contestant(
                    AF_XDP,
                    "weir, driver af_xdp, default settings",
                    List.of(),
                    ALL,
                    true,
                    (lane, workshop) -> weir(lane, workshop, AF_XDP)),
            new Contestant(
                    C_FORWARDER,
                    "minimal AF_XDP forwarder in C: link addresses and time to live only, no look-up",
                    List.of(Program.GCC),
                    EnumSet.of(Row.Traffic.ROUTED),
                    false,
                    Contestants::forwarder));

    private Contestants() {}

    private static List<Process> none(Lane lane, Workshop workshop) {
        lane.addressKernel();
        lane.balancer().setting("ipv4/ip_forward", "1");
        return List.of();
    }

    private static List<Process> nftables(Lane lane, Workshop workshop) throws IOException {
        lane.addressKernel();
        lane.balancer().setting("ipv4/ip_forward", "1");
        Path rules = workshop.write("dnat.nft", """
            table ip balance {
              chain prerouting {
                type nat hook prerouting priority dstnat;
                ip daddr %1$s tcp dport {%3$d, %4$d} dnat to %2$s
                ip daddr %1$s udp dport {%5$d, %6$d} dnat to %2$s
              }
            }
            """.formatted(
                        lane.virtualAddress(),
                        lane.serverAddress(),
                        Lane.HTTP_PORT,
                        Lane.BULK_PORT,
                        Lane.ECHO_PORT,
                        Lane.DISCARD_PORT));
        Commands.Result result = Commands.attempt(
                lane.balancer().command(List.of(Program.NFT.executable(), "-f", rules.toString())), "", 10);
        if (result.status() != 0) {
            throw new MeasurementException(
                    "nft: " + result.output().lines().findFirst().orElse("failed"));
        }
        return List.of();
    }

    /** For proxies, which are hosts of their own: addresses, the virtual one too, and room for connections. */
    private static void proxyHost(Lane lane) {
        lane.addressKernel();
        lane.balancer().ip("addr add " + lane.virtualAddress() + "/32 dev lo");
        roomForConnections(lane.balancer());
    }

    /** Ports and queues for tens of thousands of short connections; TIME_WAIT ports may be used again (tcp(7)). */
    static void roomForConnections(Station station) {
        station.setting("ipv4/ip_local_port_range", "1024 65535");
        station.setting("ipv4/tcp_tw_reuse", "1");
        station.setting("core/somaxconn", "65535");
        station.setting("ipv4/tcp_max_syn_backlog", "65535");
    }

    private static List<Process> haproxy(Lane lane, Workshop workshop) throws IOException, InterruptedException {
        proxyHost(lane);
        Path configuration = workshop.write("haproxy.cfg", """
            global
              nbthread 2
              maxconn 4000
            defaults
              mode tcp
              option splice-auto
              timeout connect 5s
              timeout client 60s
              timeout server 60s
              backlog 65535
            listen web
              bind %1$s:%3$d
              server one %2$s:%3$d
            listen bulk
              bind %1$s:%4$d
              server one %2$s:%4$d
            """.formatted(
                        lane.virtualAddress(), lane.serverAddress(), Lane.HTTP_PORT, Lane.BULK_PORT));
        return List.of(workshop.start(
                lane.balancer(),
                "haproxy.log",
                List.of(Program.HAPROXY.executable(), "-db", "-f", configuration.toString()),
                () -> Service.answers(lane, lane.virtualAddress())));
    }

    private static List<Process> nginx(Lane lane, Workshop workshop) throws IOException, InterruptedException {
        proxyHost(lane);
        Path folder = Files.createDirectory(workshop.folder().resolve("nginx-stream"));
        Path configuration = workshop.write("nginx-stream.conf", """
            %6$s
            daemon off;
            user root;
            worker_processes 2;
            pid %7$s/nginx.pid;
            error_log %7$s/error.log warn;
            events { worker_connections 4000; }
            stream {
              access_log off;
              server { listen %1$s:%3$d reuseport backlog=65535; proxy_pass %2$s:%3$d; }
              server { listen %1$s:%4$d reuseport; proxy_pass %2$s:%4$d; }
              server { listen %1$s:%5$d udp reuseport; proxy_pass %2$s:%5$d; }
              server { listen %1$s:%8$d udp reuseport; proxy_pass %2$s:%8$d; }
            }
            """.formatted(
                        lane.virtualAddress(),
                        lane.serverAddress(),
                        Lane.HTTP_PORT,
                        Lane.BULK_PORT,
                        Lane.ECHO_PORT,
                        streamModule(),
                        folder,
                        Lane.DISCARD_PORT));
        return List.of(workshop.start(
                lane.balancer(),
                "nginx-stream.log",
                List.of(Program.NGINX.executable(), "-c", configuration.toString(), "-e", folder + "/error.log"),
                () -> Service.answers(lane, lane.virtualAddress())));
    }

    /** The line that loads nginx's stream module; empty when it is compiled in. */
    private static String streamModule() {
        String about = Commands.attempt(List.of(Program.NGINX.executable(), "-V"), "", 10)
                .output();
        if (about.matches("(?s).*--with-stream(?!=dynamic)[ \\n].*")) {
            return "";
        }
        Matcher modules = Pattern.compile("--modules-path=(\\S+)").matcher(about);
        Path module = Path.of(modules.find() ? modules.group(1) : "/usr/lib/nginx/modules", "ngx_stream_module.so");
        if (!Files.exists(module)) {
            throw new MeasurementException("nginx has no stream module (package libnginx-mod-stream)");
        }
        return "load_module " + module + ";";
    }

    private static List<Process> weir(Lane lane, Workshop workshop, String driver)
            throws IOException, InterruptedException {
        String name = workshop.name() + "-" + driver;
        Path configuration = workshop.write(driver + ".yaml", """
            name: %1$s
            interfaces:
              - {name: ext, driver: %2$s, addresses: [%3$s/24]}
              - {name: int, driver: %2$s, addresses: [%4$s/24]}
            servers:
              - {name: one, addresses: [%5$s]}
            services:
              - {name: web, addresses: [%6$s], protocol: tcp, port: %7$d, servers: [one]}
              - {name: bulk, addresses: [%6$s], protocol: tcp, port: %8$d, servers: [one]}
              - {name: echo, addresses: [%6$s], protocol: udp, port: %9$d, servers: [one]}
              - {name: discard, addresses: [%6$s], protocol: udp, port: %10$d, servers: [one]}
            """.formatted(
                        name,
                        driver,
                        lane.outerGateway(),
                        lane.innerGateway(),
                        lane.serverAddress(),
                        lane.virtualAddress(),
                        Lane.HTTP_PORT,
                        Lane.BULK_PORT,
                        Lane.ECHO_PORT,
                        Lane.DISCARD_PORT));
        List<String> command = new ArrayList<>(workshop.weir());
        command.addAll(List.of("run", "-c", configuration.toString()));
        String log = driver + ".log";
        return List.of(workshop.start(
                lane.balancer(),
                log,
                command,
                () -> Workshop.text(workshop.folder().resolve(log)).contains(" ready: ")));
    }

    private static List<Process> forwarder(Lane lane, Workshop workshop) throws IOException, InterruptedException {
        Path source = workshop.resource("xdp_forward.c");
        Path program = workshop.folder().resolve("xdp_forward");
        Commands.Result compiled = Commands.attempt(
                List.of(Program.GCC.executable(), "-O2", "-o", program.toString(), source.toString()), "", 60);
        if (compiled.status() != 0) {
            throw new MeasurementException("gcc: "
                    + compiled.output()
                            .lines()
                            .filter(l -> l.contains("error"))
                            .findFirst()
                            .orElse("failed"));
        }
        // It answers no ARP: both hosts are told where it is.
        Station balancer = lane.balancer();
        lane.client()
                .ip("neigh replace " + lane.outerGateway() + " lladdr "
                        + Lane.linkAddressText(Lane.linkAddress(balancer, "ext")) + " dev " + lane.clientDevice()
                        + " nud permanent");
        lane.server()
                .ip("neigh replace " + lane.innerGateway() + " lladdr "
                        + Lane.linkAddressText(Lane.linkAddress(balancer, "int")) + " dev " + lane.serverDevice()
                        + " nud permanent");
        List<String> command = List.of(
                program.toString(),
                "ext",
                "int",
                Lane.linkAddressText(Lane.linkAddress(lane.client(), lane.clientDevice())),
                Lane.linkAddressText(Lane.linkAddress(lane.server(), lane.serverDevice())));
        String log = "c-forwarder.log";
        return List.of(workshop.start(
                balancer,
                log,
                command,
                () -> Workshop.text(workshop.folder().resolve(log)).contains("ready")));
    }
}

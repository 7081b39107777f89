package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.lab.Figure1;
import io.weir.lab.Station;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Fig. 7: the control processor as a server of its own switch, by an ordinary interface on the internal network. What
 * docs/first-embodiment.md tells its readers to do is done here, word for word.
 */
class FirstEmbodimentSystemTest {
    private static final Path DOCUMENT = Project.FOLDER.resolve("docs/first-embodiment.md");
    private static final Pattern BLOCK =
            Pattern.compile("^```(sh|yaml)\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final String REAL = "10.1.1.20";
    private static final List<String> VIRTUAL = List.of("10.0.1.20", "fd00:0:0:1::20");

    private final String name = "system-first-" + ProcessHandle.current().pid();

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Figure1 figure;

    @BeforeEach
    void build(@TempDir Path temporary) throws IOException, InterruptedException {
        Programs.assume("nginx", "curl", "python3", "sysctl");
        folder = Programs.readable(temporary);
        figure = new Figure1(name + "-");
        figure.plugManagement();
        // The strictest that a distribution sets.
        figure.weir().setting("ipv4/conf/mgmt0/rp_filter", "1");
        Nginx.start(figure.weir(), folder, "control", Nginx.PORT);
        Nginx.start(figure.station("5-1"), folder, "5-1", Nginx.PORT);
    }

    @AfterEach
    @SuppressWarnings("UnnecessaryCheckNotNull")
    void remove() {
        if (figure != null) {
            figure.close();
        }
    }

    @Test
    void the_control_processor_is_reached_by_a_virtual_address_with_af_packet()
            throws IOException, InterruptedException {
        shell(block("sh", 0));
        echo();
        try (RunningNode node = start("af_packet")) {
            assertServed(node, List.of("7-1", "9-1"));
        }
    }

    @Test
    void the_control_processor_is_reached_with_af_xdp_and_a_way_out_of_its_own()
            throws IOException, InterruptedException {
        shell(block("sh", 0).replaceAll("(?m)^ip route.*$", ""));
        shell(block("sh", 1));
        echo(REAL, "fd01:0:0:1::20");
        try (RunningNode node = start("af_xdp")) {
            assertServed(node, List.of("7-1", "9-1", "5-2"));
        }
    }

    private void assertServed(RunningNode node, List<String> clients) throws InterruptedException {
        // The check comes from weir's own address, by the control interface and int0.
        Programs.await("the control processor is up", 20, () -> health(node).equals("up"));
        for (String client : clients) {
            for (String address : VIRTUAL) {
                String host = address.contains(":") ? "[" + address + "]" : address;
                assertThat(curl(client, "http://" + host + ":8080/")).isEqualTo("control\n");
                // With acknowledgements in one direction and large segments in the other.
                assertThat(curl(
                                client,
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{size_download}",
                                "-r",
                                "0-19999999",
                                "http://" + host + ":8080/gigabyte"))
                        .isEqualTo("20000000");
                // A connected socket takes datagrams from the address asked and from no other.
                assertThat(Programs.successIn(
                                figure.station(client),
                                30,
                                "python3",
                                "-c",
                                UdpPrograms.ECHO_CLIENT,
                                address,
                                "7",
                                "50"))
                        .isEqualTo("50 of 50 echoed\n");
            }
        }
        Set<String> pages = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            pages.add(curl("7-2", "http://" + VIRTUAL.getFirst() + ":8081/").strip());
        }
        assertThat(pages).as("beside another server").containsExactlyInAnyOrder("control", "5-1");
        assertNoFlux();
        assertThat(node.drops("internal-error")).isZero();
    }

    /** Neighbours know the address of mgmt0 by its own link-layer address, although the kernel has int0, too. */
    private void assertNoFlux() {
        Station neighbour = figure.station("5-1");
        neighbour.ip("neigh flush all");
        Programs.successIn(neighbour, 20, "curl", "-sS", "--max-time", "10", "http://" + REAL + ":8080/");
        String link = Programs.successIn(figure.weir(), 10, "ip", "-o", "link", "show", "mgmt0");
        String own = link.replaceAll("(?s).*link/ether ([0-9a-f:]+) .*", "$1");
        assertThat(Programs.successIn(neighbour, 10, "ip", "neigh", "show", REAL))
                .contains("lladdr " + own);
    }

    private static String health(RunningNode node) {
        for (JsonNode server : node.json("servers")) {
            if (server.required("name").asString().equals("control")) {
                return server.required("health").asString();
            }
        }
        throw new AssertionError("no server control");
    }

    private String curl(String client, String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-g", "-sS", "--fail", "--max-time", "20"));
        command.addAll(List.of(arguments));
        return Programs.successIn(figure.station(client), 30, command.toArray(String[]::new));
    }

    private RunningNode start(String driver) throws IOException, InterruptedException {
        String example = block("yaml", 0);
        int servers = example.indexOf("servers:\n");
        int services = example.indexOf("services:\n");
        String configuration = Figure1.configuration(name, driver, 1, 1, 1)
                        .replace("servers:\n  - {name", example.substring(servers, services) + "  - {name")
                + example.substring(services + "services:\n".length())
                + example.substring(0, servers);
        return RunningNode.start(figure.weir(), folder, name, configuration);
    }

    /** An echo on port 7 of these addresses, or of all that there are. */
    private void echo(String... addresses) throws InterruptedException {
        if (addresses.length == 0) {
            figure.weir().start(List.of("python3", "-c", UdpPrograms.SERVERS), folder.resolve("udp.log"));
        }
        for (String address : addresses) {
            figure.weir().start(List.of("python3", "-c", UdpPrograms.BOUND_ECHO, address), folder.resolve("udp.log"));
        }
        int wanted = Math.max(1, addresses.length);
        Programs.await(
                "the echo listens",
                10,
                () -> Programs.successIn(figure.weir(), 10, "ss", "-Hlun", "sport = 7")
                                .lines()
                                .count()
                        == wanted);
    }

    private void shell(String script) {
        Programs.successIn(figure.weir(), 10, "sh", "-ec", script);
    }

    /** A block of the document that its readers copy. */
    private static String block(String language, int index) throws IOException {
        List<MatchResult> blocks = BLOCK.matcher(Files.readString(DOCUMENT))
                .results()
                .filter(found -> found.group(1).equals(language))
                .toList();
        assertThat(blocks).as(language + " in " + DOCUMENT).hasSizeGreaterThan(index);
        return blocks.get(index).group(2);
    }
}

package io.weir.node;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir dashboard}: the node's dashboard on this machine's loopback address. */
@Command(
        name = "dashboard",
        description = {
            "Serves the dashboard and the API of a running node on 127.0.0.1 until ctrl-C, and prints the address to"
                    + " open.",
            "Works also for a node in another network namespace, such as that of weir demo."
        },
        mixinStandardHelpOptions = true)
final class DashboardCommand implements Callable<Integer> {
    @Mixin
    private MapFinder node = new MapFinder();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7480",
            description = "TCP port on 127.0.0.1; 0 takes a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (SocketRelay relay = start(node.nodeName(), port, out)) {
            relay.awaitClose();
        }
        return ExitStatus.OK;
    }

    /** Begins to serve and prints the address; again when the node was restarted, as it has another token then. */
    static SocketRelay start(String name, int port, PrintWriter out) {
        if (port < 0 || port > 65_535) {
            throw new NodeException(ExitStatus.REFUSED, "--port: " + port + " is not in 0..65535");
        }
        NodeApi.Place place = NodeApi.find(name);
        NodeApi.open(name).node();
        AtomicReference<String> token = new AtomicReference<>(place.token());
        AtomicReference<Integer> chosen = new AtomicReference<>(port);
        SocketRelay relay;
        try {
            relay = SocketRelay.start(port, () -> {
                NodeApi.Place now = NodeApi.find(name);
                if (!now.token().equals(token.getAndSet(now.token()))) {
                    out.println("the node was restarted: " + address(chosen.get(), now.token()));
                    out.flush();
                }
                return now.socket();
            });
        } catch (IOException e) {
            throw new NodeException(
                    ExitStatus.UNAVAILABLE,
                    "127.0.0.1:" + port + ": " + e.getMessage() + " (--port takes another one, --port 0 any)");
        }
        chosen.set(relay.port());
        out.println("dashboard of node " + name + ": " + address(relay.port(), place.token()));
        out.println("The address holds the node's token: who has it may change the node. Ctrl-C ends.");
        out.flush();
        return relay;
    }

    /** What a browser opens. */
    static String address(int port, String token) {
        return "http://127.0.0.1:" + port + "/#token=" + token;
    }
}

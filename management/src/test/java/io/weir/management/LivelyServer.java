package io.weir.management;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Serves {@link LivelyNode} by hand: {@code LivelyServer [PORT [TOKEN]]}; ends with ctrl-C. */
public final class LivelyServer {
    private LivelyServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7480;
        String token = arguments.length > 1 ? arguments[1] : "lively";
        Path folder = Files.createTempDirectory("weir-lively");
        try (ManagementServer server = ManagementServer.start(
                ManagementServer.Options.loopback(port),
                new LivelyNode(System::currentTimeMillis),
                folder.resolve("api.socket"),
                token)) {
            System.out.println("http://" + server.address().orElseThrow() + "/ token " + token + " socket "
                    + folder.resolve("api.socket"));
            new CountDownLatch(1).await();
        }
    }
}

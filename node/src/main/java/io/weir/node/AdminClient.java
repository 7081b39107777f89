package io.weir.node;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a running node over its admin socket. */
final class AdminClient {
    private AdminClient() {}

    /** Sends a request to the node of that name and waits for the answer. */
    static AdminServer.Answer call(String name, String verb, String body) {
        for (Path folder : AdminSocket.folders()) {
            Path socket = AdminSocket.socket(folder, name);
            if (!Files.exists(socket)) {
                continue;
            }
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                String token = Files.readString(AdminSocket.token(folder, name)).strip();
                AdminChannel.write(channel, token + " " + verb, body);
                AdminChannel.Message answer = AdminChannel.read(channel, 3);
                return new AdminServer.Answer(Integer.parseInt(answer.words().get(1)), answer.body());
            } catch (IOException | NumberFormatException e) {
                throw new NodeException(
                        ExitStatus.UNAVAILABLE,
                        "node '" + name + "' does not answer on " + socket + ": " + e.getMessage()
                                + " (is it running?)");
            }
        }
        throw new NodeException(
                ExitStatus.UNAVAILABLE,
                "no running node '" + name + "' found; looked for its admin socket in " + AdminSocket.folders()
                        + " (give --name, and run as the user who runs the node)");
    }
}

package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    private final String name = "test-" + ProcessHandle.current().pid();
    private final List<String> requests = new ArrayList<>();
    private AdminServer server;

    @BeforeEach
    void open() throws IOException {
        server = AdminServer.open(name, (verb, body) -> {
            requests.add(verb + ":" + body);
            return new AdminServer.Answer(ExitStatus.OK, "done " + verb);
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void a_request_with_the_token_is_answered() {
        AdminServer.Answer answer = AdminClient.call(name, "apply", "text ü\nmore");

        assertThat(answer).isEqualTo(new AdminServer.Answer(ExitStatus.OK, "done apply"));
        assertThat(requests).containsExactly("apply:text ü\nmore");
    }

    @Test
    void a_wrong_token_is_refused_and_nothing_is_done() throws IOException {
        String answer = send("weir/1 " + "0".repeat(64) + " apply 2\nhi");

        assertThat(answer).isEqualTo("weir/1 2 11\nwrong token");
        assertThat(requests).isEmpty();
    }

    @Test
    void anything_else_is_cut_off_and_nothing_is_done() throws IOException {
        String token = Files.readString(AdminSocket.token(AdminSocket.ownFolder(), name));
        for (String request : List.of(
                "GET / HTTP/1.1\r\n\r\n",
                "\n",
                "weir/2 " + token + " apply 0\n",
                "weir/1 " + token + " apply\n",
                "weir/1 " + token + " apply -1\n",
                "weir/1 " + token + " apply 99999999\n",
                "weir/1 " + token + " apply 10\nshort",
                "x".repeat(100_000))) {
            assertThat(send(request))
                    .as(request.substring(0, Math.min(20, request.length())))
                    .isEmpty();
        }
        assertThat(requests).isEmpty();
        assertThat(AdminClient.call(name, "still", "").text()).isEqualTo("done still");
    }

    @Test
    void only_the_owner_may_enter_folder_and_token() throws IOException {
        Path folder = AdminSocket.ownFolder();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(AdminSocket.token(folder, name))))
                .isEqualTo("rw-------");
    }

    @Test
    void after_closing_nobody_answers() {
        server.close();

        assertThatThrownBy(() -> AdminClient.call(name, "apply", ""))
                .isInstanceOf(NodeException.class)
                .hasMessageContaining("no running node '" + name + "'");
    }

    private String send(String text) throws IOException {
        try (SocketChannel channel =
                SocketChannel.open(UnixDomainSocketAddress.of(AdminSocket.socket(AdminSocket.ownFolder(), name)))) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.shutdownOutput();
            } catch (IOException e) {
                return ""; // cut off while we were still sending
            }
            ByteBuffer answer = ByteBuffer.allocate(1024);
            try {
                while (channel.read(answer) >= 0 && answer.hasRemaining()) {
                    // until the server closes
                }
            } catch (IOException e) {
                return "";
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}

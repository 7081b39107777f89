package io.weir.node;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Takes requests on a Unix socket, for which a caller needs both entry to the socket's folder and the token. Requests
 * are bounded in size, number and time, and run one after the other.
 */
final class AdminServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AdminServer.class.getName());
    private static final int MOST_CALLERS = 16;
    private static final long CALL_SECONDS = 30;

    private final Path folder;
    private final String name;
    private final ServerSocketChannel server;
    private final byte[] token;
    private final Handler handler;
    private final Semaphore callers = new Semaphore(MOST_CALLERS);

    /** Does what a caller asks; runs for one request at a time. */
    interface Handler {
        Answer handle(String verb, String body);
    }

    /**
     * The answer to a request.
     *
     * @param status exit status for the command line
     * @param text for the person who asked
     */
    record Answer(int status, String text) {}

    private AdminServer(Path folder, String name, ServerSocketChannel server, byte[] token, Handler handler) {
        this.folder = folder;
        this.name = name;
        this.server = server;
        this.token = token;
        this.handler = handler;
    }

    /** Opens the socket of a node, taking over what a dead node of that name left behind. */
    static AdminServer open(String name, Handler handler) throws IOException {
        Path folder = AdminSocket.ownFolder();
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        byte[] token = HexFormat.of().formatHex(secret).getBytes(StandardCharsets.US_ASCII);
        Path tokenFile = AdminSocket.token(folder, name);
        Files.deleteIfExists(tokenFile);
        Files.createFile(tokenFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(tokenFile, token, StandardOpenOption.WRITE);
        Path socket = AdminSocket.socket(folder, name);
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket), MOST_CALLERS);
        } catch (IOException e) {
            server.close();
            throw e;
        }
        AdminServer admin = new AdminServer(folder, name, server, token, handler);
        Thread.ofVirtual().name("admin").start(admin::accept);
        return admin;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel caller = server.accept();
                if (callers.tryAcquire()) {
                    Thread.ofVirtual().name("admin-call").start(() -> serve(caller));
                } else {
                    caller.close();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "admin socket: " + e.getMessage());
            }
        }
    }

    private void serve(SocketChannel caller) {
        // A caller that stalls is cut off by closing its channel.
        Thread timer = Thread.ofVirtual().start(() -> {
            try {
                TimeUnit.SECONDS.sleep(CALL_SECONDS);
                caller.close();
            } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (caller) {
            AdminChannel.Message request = AdminChannel.read(caller, 4);
            Answer answer = isAuthentic(request.words().get(1))
                    ? call(request.words().get(2), request.body())
                    : new Answer(ExitStatus.REFUSED, "wrong token");
            AdminChannel.write(caller, String.valueOf(answer.status()), answer.text());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "admin request: " + e.getMessage());
        } finally {
            timer.interrupt();
            callers.release();
        }
    }

    private boolean isAuthentic(String given) {
        return MessageDigest.isEqual(token, given.getBytes(StandardCharsets.US_ASCII));
    }

    private synchronized Answer call(String verb, String body) {
        try {
            return handler.handle(verb, body);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "admin request " + verb + " failed", e);
            return new Answer(ExitStatus.FAILED, verb + " failed: " + e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(AdminSocket.socket(folder, name));
            Files.deleteIfExists(AdminSocket.token(folder, name));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing the admin socket: " + e.getMessage());
        }
    }
}

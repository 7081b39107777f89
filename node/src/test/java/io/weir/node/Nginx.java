package io.weir.node;

import io.weir.lab.Station;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * nginx in a station: {@code /} answers with the station's name, {@code /gigabyte} with 2³⁰ zeros, {@code /upload} takes
 * any body and logs its length.
 */
final class Nginx {
    static final int PORT = 8080;
    static final long GIGABYTE = 1L << 30;

    private final Process process;
    private final Path folder;
    private final Path accesses;

    private Nginx(Process process, Path folder, Path accesses) {
        this.process = process;
        this.folder = folder;
        this.accesses = accesses;
    }

    /** Starts nginx; the station's network ends it. */
    static Nginx start(Station station, Path parent, String name, int port) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(parent.resolve("nginx-" + name));
        // Workers run as nobody where nginx is started by root.
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var file = new java.io.RandomAccessFile(folder.resolve("gigabyte").toFile(), "rw")) {
            file.setLength(GIGABYTE); // sparse
        }
        Path accesses = folder.resolve("accesses.log");
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, """
            daemon off;
            master_process off;
            worker_rlimit_nofile 16384;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log warn;
            events { worker_connections 8192; }
            http {
              access_log off;
              log_format lengths '$request_uri $request_length';
              sendfile on;
              client_max_body_size 0;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen %3$d backlog=8192;
                listen [::]:%3$d backlog=8192 ipv6only=on;
                root %1$s;
                location = / { add_header X-Served-By %2$s; return 200 "%2$s\\n"; }
                location = /upload { access_log %1$s/accesses.log lengths; proxy_pass http://127.0.0.1:18080; }
              }
              server { listen 127.0.0.1:18080; location / { return 200 "taken\\n"; } }
            }
            """.formatted(folder, name, port));
        Process process = station.start(
                List.of("/usr/sbin/nginx", "-c", configuration.toString(), "-e", folder + "/error.log"),
                folder.resolve("output.log"));
        Programs.await("nginx " + name + " listens", 10, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("nginx has ended: " + text(folder.resolve("output.log")));
            }
            return Files.exists(folder.resolve("nginx.pid"));
        });
        return new Nginx(process, folder, accesses);
    }

    /** Kills it; it can be started again. */
    void stop() throws IOException, InterruptedException {
        process.destroyForcibly().waitFor();
        Files.deleteIfExists(folder.resolve("nginx.pid"));
    }

    /** Lengths of the whole requests that uploaded to a path so far. nginx writes them down after it has answered. */
    List<Long> uploads(String path) {
        return Files.exists(accesses)
                ? text(accesses)
                        .lines()
                        .filter(line -> line.startsWith(path + " "))
                        .map(line -> Long.parseLong(line.substring(path.length() + 1)))
                        .toList()
                : List.of();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

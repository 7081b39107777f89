package io.weir.lab.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system that the benchmark uses, and the Debian and Ubuntu packages that have them. */
enum Program {
    IP("ip", "iproute2", "-V"),
    NSENTER("nsenter", "util-linux", "--version"),
    NFT("nft", "nftables", "--version"),
    HAPROXY("haproxy", "haproxy", "-v"),
    NGINX("nginx", "nginx-light, libnginx-mod-stream", "-v"),
    WRK("wrk", "wrk", "-v"),
    IPERF3("iperf3", "iperf3", "--version"),
    GCC("gcc", "gcc, libc6-dev", "--version");

    private static final List<String> FOLDERS =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    private final String command;
    private final String packages;
    private final String versionOption;

    Program(String command, String packages, String versionOption) {
        this.command = command;
        this.packages = packages;
        this.versionOption = versionOption;
    }

    String command() {
        return command;
    }

    /** Names of the packages, for the hint. */
    String packages() {
        return packages;
    }

    String versionOption() {
        return versionOption;
    }

    /** The executable on the PATH or in the usual folders, also those of the administrator. */
    Optional<Path> find() {
        String path = System.getenv("PATH");
        Stream<String> folders = path == null ? Stream.empty() : Stream.of(path.split(":", -1));
        return Stream.concat(folders.filter(f -> !f.isEmpty()), FOLDERS.stream())
                .map(f -> Path.of(f, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The executable as text. */
    String executable() {
        return find().map(Path::toString)
                .orElseThrow(() ->
                        new MeasurementException("the program " + command + " is missing (package " + packages + ")"));
    }
}

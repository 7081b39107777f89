package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportKeyTest {
    private static final String HEX = "00112233445566778899aabbccddeeff";

    @TempDir
    Path directory;

    @Test
    void a_key_file_is_hexadecimal_digits_with_white_space_of_no_account() throws IOException {
        ReportKey key = ReportKey.read(3, file(HEX + "\n" + HEX + "\n", "rw-------"));

        assertThat(key.id()).isEqualTo(3);
        assertThat(key.secret()).hasSize(32).startsWith(0x00, 0x11, 0x22);
    }

    @Test
    void a_file_that_others_may_read_is_refused_with_the_fix() throws IOException {
        Path open = file(HEX + HEX, "rw-r--r--");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReportKey.read(3, open))
                .withMessageContaining("everybody may read")
                .withMessageContaining("chmod 600 " + open);
    }

    @Test
    void short_wrong_huge_and_missing_files_are_refused_by_name_without_their_secrets() throws IOException {
        for (String content : new String[] {"", HEX, HEX + HEX + "0", HEX + HEX.replace('0', 'x'), HEX.repeat(1000)}) {
            Path file = file(content, "rw-------");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ReportKey.read(3, file))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("openssl rand -hex 32")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("8899aa"));
        }
        Path missing = directory.resolve("missing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReportKey.read(3, missing))
                .withMessageContaining(missing + ": key 3 cannot be read");
    }

    @Test
    void numbers_and_lengths_are_checked_and_the_secret_is_never_shown() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReportKey(0, new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReportKey(65536, new byte[32]));
        assertThatIllegalArgumentException().isThrownBy(() -> new ReportKey(1, new byte[31]));
        assertThat(ReportKey.random(1).toString()).isEqualTo("ReportKey[id=1, 32 bytes]");
        assertThat(ReportKey.random(1)).isNotEqualTo(ReportKey.random(1));
    }

    private Path file(String content, String permissions) throws IOException {
        Path file = Files.createTempFile(directory, "key", "");
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}

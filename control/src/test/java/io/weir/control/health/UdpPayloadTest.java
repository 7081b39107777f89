package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UdpPayloadTest {
    @Test
    void escapes_stand_for_bytes_and_the_rest_is_utf8() {
        assertThat(UdpPayload.decode("a\\n\\r\\t\\\\\\x00\\xfF\u00e4"))
                .containsExactly('a', '\n', '\r', '\t', '\\', 0, 0xff, 0xc3, 0xa4);
        assertThat(UdpPayload.decode("")).isEmpty();
        assertThat(UdpPayload.decode("\ud83d\ude00")).isEqualTo("\ud83d\ude00".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void an_unknown_escape_is_named() {
        for (String bad : new String[] {"\\", "\\q", "\\x", "\\x1", "\\xg0"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> UdpPayload.decode("ok" + bad))
                    .withMessageContaining("\"" + bad);
        }
    }

    @Test
    void an_answer_that_is_no_utf8_is_looked_at_octet_by_octet() {
        assertThat(UdpPayload.text(ByteBuffer.wrap(new byte[] {(byte) 0xff, 'x'})))
                .isEqualTo("\u00ffx");
        assertThat(UdpPayload.text(ByteBuffer.wrap(new byte[] {(byte) 0xc3, (byte) 0xa4})))
                .isEqualTo("\u00e4");
    }
}

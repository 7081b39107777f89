package io.weir.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any bytes: no exception, no access outside. The fuzz tests run over their corpus in an ordinary build and search for more
 * with {@code JAZZER_FUZZ=1}, one of them per run; the other tests mutate valid frames from a seed in every build.
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 JAZZER_MAX_DURATION=30s mvn test -pl wire -Dtest='ViewFuzzTest#views_survive_any_bytes*'
 * }</pre>
 *
 * A finding fails the run and is written beside the corpus in {@code src/test/resources}, where it is tested ever after.
 */
class ViewFuzzTest {

    @FuzzTest(maxDuration = "60s")
    void views_survive_any_bytes(byte[] data) {
        ViewProbe.probe(data);
    }

    @FuzzTest(maxDuration = "60s")
    void addresses_are_refused_with_a_reason_or_survive_their_own_text(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        try {
            IpAddress address = IpAddress.parse(text);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining(text);
        }
        try {
            IpPrefix prefix = IpPrefix.parse(text);
            assertThat(IpPrefix.parse(prefix.toString())).isEqualTo(prefix);
            assertThat(prefix.contains(prefix.network())).isTrue();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("\"");
        }
        try {
            MacAddress mac = MacAddress.parse(text);
            assertThat(MacAddress.parse(mac.toString())).isEqualTo(mac);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining(text);
        }
    }

    @Test
    void mutated_frames_are_survived_from_every_header_on() {
        Random random = new Random(0xa5);
        RandomHeaders headers = new RandomHeaders(random);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = headers.frame();
            for (int mutation = random.nextInt(4); mutation > 0; mutation--) {
                frame[random.nextInt(frame.length)] = (byte) headers.bits(8);
            }
            int from = new int[] {0, 14, 18, 34, 54}[random.nextInt(5)];
            int to = random.nextInt(3) == 0 ? random.nextInt(frame.length + 1) : frame.length;
            byte[] bytes = Arrays.copyOfRange(frame, Math.min(from, to), to);
            ViewProbe.probe(bytes);
        }
    }

    @Test
    void the_probe_notices_access_outside() {
        byte[] bytes = new byte[EthernetView.HEADER_LENGTH - 1];
        EthernetView view = new EthernetView().wrap(MemorySegment.ofArray(bytes), 0, bytes.length + 1);

        // A wrong length is the caller's breach of contract, and what the segments of these tests exist to catch.
        assertThat(view.isValid()).isTrue();
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(view::etherType);
        assertThatIllegalArgumentException().isThrownBy(() -> Ethernet.parse(bytes));
    }
}

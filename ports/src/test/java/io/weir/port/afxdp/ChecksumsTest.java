package io.weir.port.afxdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksumsTest {
    @ParameterizedTest
    @CsvSource({
        "ice 0000:3b:00.0,false",
        "mlx5_core 10000:01:00.1,false",
        "virtio_net 0000:00:03.0,true",
        "vmxnet3 0000:0b:00.0,true",
        "veth,true",
        "tun tap,true",
        "'',true",
    })
    void only_network_cards_are_known_to_deliver_complete_checksums(String driver, boolean unknown) {
        assertThat(Checksums.AUTO.isUnknown(driver)).isEqualTo(unknown);
        assertThat(Checksums.UNKNOWN.isUnknown(driver)).isTrue();
        assertThat(Checksums.COMPLETE.isUnknown(driver)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0", "63", "100", "131072", "-2048"})
    void a_ring_that_is_no_power_of_two_within_bounds_is_refused(int ring) {
        assertThatThrownBy(() -> new AfXdpOptions(1, "w0", Attach.AUTO, false, ring, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("interface w0: ring " + ring + " is not a power of two within 64..65536");
    }

    @Test
    void impossible_numbers_are_refused() {
        assertThatThrownBy(() -> new AfXdpOptions(0, "w0", Attach.AUTO, false, 64, 0))
                .hasMessage("interface w0: id 0 is not within 1..254");
        assertThatThrownBy(() -> new AfXdpOptions(255, "w0", Attach.AUTO, false, 64, 0))
                .hasMessage("interface w0: id 255 is not within 1..254");
        assertThatThrownBy(() -> new AfXdpOptions(1, "w0", Attach.AUTO, false, 64, -1))
                .hasMessage("interface w0: queues -1 is below 0");
    }

    @Test
    void buffers_that_the_kernel_cannot_use_are_refused_with_the_setting() {
        assertThatThrownBy(() -> {
                    try (XdpSwitch node = new XdpSwitch("", 64, 1024)) {
                        assertThat(node.umem).isNull();
                    }
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("buffer-size: 1024")
                .hasMessageContaining("memory.buffer-size: 2048");
        assertThatThrownBy(() -> {
                    try (XdpSwitch node = new XdpSwitch("", 64, 8192)) {
                        assertThat(node.umem).isNull();
                    }
                })
                .hasMessageContaining("memory.buffer-size: 4096");
    }
}

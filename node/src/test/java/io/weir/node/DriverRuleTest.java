package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.control.configuration.DriverConfiguration;
import io.weir.control.configuration.DriverConfiguration.Attach;
import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.linux.EthernetDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverRuleTest {
    private static final EthernetDevice VETH = new EthernetDevice("ext0", "veth", "", 1);
    private static final EthernetDevice NIC = new EthernetDevice("enp1s0", "ixgbe", "0000:01:00.0", 4);
    private static final DriverConfiguration AUTO = DriverConfiguration.DEFAULTS;
    private static final String OBSTACLE = "AF_XDP needs CAP_BPF";

    private static DriverRule.Choice choose(DriverConfiguration asked, EthernetDevice device, String obstacle) {
        return DriverRule.choose(asked, device, obstacle, DriverRule.takesAfXdp(asked, device, obstacle));
    }

    @Test
    void hardware_is_reached_by_af_xdp() {
        assertThat(choose(AUTO, NIC, "")).isEqualTo(new DriverRule.Choice(Driver.AF_XDP, "ixgbe is hardware"));
    }

    @Test
    void a_virtual_device_is_reached_by_af_packet_and_the_reason_says_what_that_gains() {
        DriverRule.Choice choice = choose(AUTO, VETH, "");

        assertThat(choice.driver()).isEqualTo(Driver.AF_PACKET);
        assertThat(choice.reason()).startsWith("veth hands over TCP in large segmented frames");
    }

    @Test
    void an_obstacle_is_the_reason_for_af_packet() {
        assertThat(choose(AUTO, NIC, OBSTACLE))
                .isEqualTo(new DriverRule.Choice(Driver.AF_PACKET, "no af_xdp: " + OBSTACLE));
    }

    @Test
    void a_virtual_device_beside_one_on_af_xdp_goes_with_it() {
        assertThat(DriverRule.choose(AUTO, VETH, "", true).driver()).isEqualTo(Driver.AF_XDP);
        assertThat(DriverRule.choose(AUTO, VETH, OBSTACLE, true).driver()).isEqualTo(Driver.AF_PACKET);
    }

    @Test
    void what_the_file_says_is_done() {
        assertThat(choose(AUTO.with(Driver.AF_XDP), VETH, OBSTACLE))
                .isEqualTo(new DriverRule.Choice(Driver.AF_XDP, "as configured"));
        assertThat(choose(AUTO.with(Driver.AF_PACKET), NIC, ""))
                .isEqualTo(new DriverRule.Choice(Driver.AF_PACKET, "as configured"));
    }

    @Test
    void what_only_af_xdp_can_do_chooses_it_or_fails() {
        List<DriverConfiguration> asked = List.of(
                new DriverConfiguration(Driver.AUTO, true, Attach.AUTO, List.of(), false, 0),
                new DriverConfiguration(Driver.AUTO, false, Attach.GENERIC, List.of(), false, 0),
                new DriverConfiguration(Driver.AUTO, false, Attach.AUTO, List.of(0, 1), false, 0),
                new DriverConfiguration(Driver.AUTO, false, Attach.AUTO, List.of(), false, 512));
        for (DriverConfiguration one : asked) {
            assertThat(choose(one, VETH, "").driver()).isEqualTo(Driver.AF_XDP);
            assertThatExceptionOfType(NodeException.class)
                    .isThrownBy(() -> choose(one, VETH, OBSTACLE))
                    .withMessageStartingWith("interface ext0: ")
                    .withMessageEndingWith("needs af_xdp, but " + OBSTACLE);
        }
    }
}

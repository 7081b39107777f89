package io.weir.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.linux.EthernetDevice;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NodePlanTest {
    private static final EthernetDevice VETH = new EthernetDevice("eth0", "veth", "", 1);

    private static EthernetDevice nic(int queues) {
        return new EthernetDevice("eth0", "ixgbe", "0000:01:00.0", queues);
    }

    private static NodePlan plan(String text, EthernetDevice... devices) throws ConfigurationException {
        List<String> none = List.of(devices).stream().map(d -> "").toList();
        return NodePlan.of(ConfigurationLoader.parse("f", text), List.of(devices), none, true);
    }

    @Test
    void every_processor_without_a_queue_gets_a_ring_to_an_owner() throws ConfigurationException {
        NodePlan plan = plan(
                "processors: {switching: 4}\ninterfaces: [{name: a, driver: af_xdp}, {name: b, driver: af_xdp}]",
                nic(2),
                nic(1));

        assertThat(plan.interfaces()).extracting(InterfacePlan::queues).containsExactly(List.of(0, 1), List.of(2));
        assertThat(plan.rings()).isEqualTo(2 + 3);
        assertThat(plan.rows()).isEqualTo(3);
    }

    @Test
    void spreading_needs_a_ring_to_every_processor() throws ConfigurationException {
        NodePlan plan = plan("processors: {switching: 3}\ninterfaces: [{name: a, driver: af_xdp, spread: true}]", VETH);

        assertThat(plan.rings()).isEqualTo(2 + 3);
    }

    @Test
    void af_packet_spreads_by_a_socket_for_each_processor() throws ConfigurationException {
        NodePlan plan =
                plan("processors: {switching: 3}\ninterfaces: [{name: a, driver: af_packet, spread: true}]", nic(8));

        assertThat(plan.rings()).isZero();
        assertThat(plan.rows()).isEqualTo(3);
    }

    @Test
    void rings_shrink_until_half_of_the_buffers_fill_them() throws ConfigurationException {
        assertThat(plan("interfaces: [{name: a, driver: af_xdp}]", nic(1)).interfaces())
                .extracting(InterfacePlan::ringFrames)
                .containsExactly(2048);
        assertThat(plan("memory: {buffers: 2048}\ninterfaces: [{name: a, driver: af_xdp}]", nic(2))
                        .interfaces())
                .extracting(InterfacePlan::ringFrames)
                .containsExactly(512);
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> plan("memory: {buffers: 256}\ninterfaces: [{name: a, driver: af_xdp}]", nic(8)))
                .withMessageContaining("memory.buffers: 256 are too few for 8 receive queues");
    }

    @Test
    void a_list_of_another_length_than_the_device_has_queues_is_refused_with_both_remedies() {
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> plan(
                        "processors: {switching: 2}\ninterfaces: [{name: a, driver: af_xdp, queues: [0, 1]}]", nic(4)))
                .withMessage("interface a: queues lists 2, but eth0 has 4 receive queues; list 4, or"
                        + " `ethtool -L eth0 combined 2`");
    }

    @Test
    void spreading_what_the_device_spreads_already_is_refused() {
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> plan(
                        "processors: {switching: 2}\ninterfaces: [{name: a, driver: af_xdp, spread: true}]", nic(4)))
                .withMessageContaining("spread: true is for one receive queue, but eth0 has 4");
    }

    @Test
    void the_control_interface_is_polled_where_there_is_least_to_do() throws ConfigurationException {
        var configuration = ConfigurationLoader.parse(
                "f", "processors: {switching: 3}\ninterfaces: [{name: a, processor: 0}, {name: b, processor: 1}]");
        NodePlan without = NodePlan.of(configuration, List.of(VETH, VETH), List.of("", ""), false);
        NodePlan with = without.withControl(configuration);

        assertThat(without.control()).isNull();
        assertThat(with.interfaces()).isEqualTo(without.interfaces());
        assertThat(with.rows()).isEqualTo(without.rows() + 1);
        assertThat(with.rings()).isEqualTo(without.rings());
        InterfacePlan control = Objects.requireNonNull(with.control());
        assertThat(control.id()).isEqualTo(3);
        assertThat(control.queues()).containsExactly(2);
        assertThat(control.device()).isEqualTo("weirc-weir");
    }

    @Test
    void the_host_has_an_id_behind_the_control_interface_and_a_row_for_each_processor() throws ConfigurationException {
        var configuration = ConfigurationLoader.parse(
                "f",
                "processors: {switching: 3}\ninterfaces: [{name: a}, {name: b}]\n"
                        + "host: {addresses: [192.0.2.20], ring: 256}");
        NodePlan plan = NodePlan.of(configuration, List.of(VETH, VETH), List.of("", ""), false);

        assertThat(HostInterface.id(configuration)).isEqualTo(4);
        assertThat(plan.hostRingFrames()).isEqualTo(256);
        assertThat(plan.rows()).isEqualTo(2 + 3);
        assertThat(plan.withControl(configuration).rows()).isEqualTo(2 + 3 + 1);
        assertThat(plan.withControl(configuration).withoutControl().host()).isEqualTo(configuration.host());
        assertThat(NodePlan.none().hostRingFrames()).isZero();
    }
}

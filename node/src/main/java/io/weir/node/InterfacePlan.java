package io.weir.node;

import io.weir.control.configuration.DriverConfiguration.Driver;
import io.weir.control.configuration.InterfaceConfiguration;
import java.util.HashSet;
import java.util.List;

/**
 * How an interface is going to be opened.
 *
 * @param id number within the node, from 1
 * @param driver af_xdp or af_packet
 * @param reason why this driver
 * @param queues the switching processor of each receive queue
 * @param ringFrames frames in each ring of an af_xdp queue
 */
record InterfacePlan(
        int id,
        InterfaceConfiguration configuration,
        Driver driver,
        String reason,
        List<Integer> queues,
        int ringFrames) {
    String device() {
        return configuration.device();
    }

    boolean isSpread() {
        return configuration.driver().spread();
    }

    /** The same by packet sockets, which work on any interface. */
    InterfacePlan byAfPacket(String why) {
        return new InterfacePlan(id, configuration, Driver.AF_PACKET, why, queues.subList(0, 1), 0);
    }

    /** Rings between processors that the interface needs: to transmit by the owner of a queue, and to spread its frames. */
    int rings(int processors) {
        if (driver != Driver.AF_XDP) {
            return 0;
        }
        int relays = processors - new HashSet<>(queues).size();
        return relays + (isSpread() ? processors : 0);
    }

    /** Receive queues to tell tools of. */
    int rows(int processors) {
        return driver == Driver.AF_PACKET && isSpread() ? processors : queues.size();
    }
}

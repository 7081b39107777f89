package io.weir.applications.echo;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationCounters;
import io.weir.application.Claim;
import io.weir.application.NetworkApplication;
import io.weir.application.Packets;

final class EchoApplication implements NetworkApplication {
    private final ApplicationCounters counters;

    EchoApplication(ApplicationContext context) {
        this.counters = context.counters();
    }

    @Override
    public void receive(Packets packets) {
        for (int row = 0; row < packets.size(); row++) {
            if (packets.protocol(row) == Claim.UDP) {
                packets.reflect(row);
                counters.add(0, 1);
            } else {
                packets.drop(row, 0);
            }
        }
    }
}

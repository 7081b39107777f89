package io.weir.node;

import io.weir.lab.NodeWindow;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.memory.map.MemoryMap;
import java.util.ArrayList;
import java.util.List;

/** The demo's look into its node, by the shared memory. */
final class DemoWindow implements NodeWindow {
    private static final String SERVICE = "web";
    private static final MemberView NO_MEMBER = new MemberView("", 0, 0, 0, 0);

    private final LiveNode live;
    private final String dashboard;

    /**
     * @param name of the running node
     * @param port where its dashboard is relayed to, on 127.0.0.1; 0 when nowhere
     */
    DemoWindow(String name, int port) {
        live = LiveNode.attach(MemoryMap.defaultPath(name));
        dashboard = port == 0
                ? ""
                : DashboardCommand.address(port, NodeApi.find(name).token());
    }

    @Override
    public List<ServerState> servers() {
        NodeSnapshot now = live.look().now();
        List<MemberView> members = now.services().stream()
                .filter(s -> s.name().equals(SERVICE))
                .findFirst()
                .map(NodeSnapshot.ServiceView::members)
                .orElse(List.of());
        List<ServerState> states = new ArrayList<>();
        for (ServerView s : now.servers()) {
            MemberView member = members.stream()
                    .filter(m -> m.server().equals(s.name()))
                    .findFirst()
                    .orElse(NO_MEMBER);
            NodeSnapshot.LoadView load = s.load();
            states.add(new ServerState(
                    s.name(),
                    s.health(),
                    member.weight(),
                    member.share(),
                    load == null || load.stale() ? -1 : load.cpu(),
                    s.liveConnections(),
                    s.openedConnections()));
        }
        return states;
    }

    @Override
    public long drops(String reason) {
        return live.look().now().drops().stream()
                .filter(d -> d.reason().equals(reason))
                .mapToLong(DropView::packets)
                .sum();
    }

    @Override
    public String dashboard() {
        return dashboard;
    }

    @Override
    public void close() {
        live.close();
    }
}

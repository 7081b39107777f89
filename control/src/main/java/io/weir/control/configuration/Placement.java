package io.weir.control.configuration;

import io.weir.control.configuration.CompiledConfiguration.Selection;
import io.weir.control.configuration.CompiledConfiguration.SelectionKey;
import io.weir.control.configuration.ServiceConfiguration.Algorithm;
import io.weir.control.master.SelectionTable;
import io.weir.memory.configuration.SelectionHash;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a generation places new connections of services whose algorithm hashes them. Rules are not looked at: what a
 * packet's conditions were is not kept with its connection.
 */
public final class Placement {
    private record Key(int service, int family) {}

    private final Map<Key, Selection> tables = new HashMap<>();
    private final Map<Integer, String> services = new HashMap<>();
    private final Map<Integer, String> servers = new HashMap<>();

    private Placement(CompiledConfiguration compiled) {
        compiled.image().services().forEach(each -> services.put(each.number(), each.name()));
        compiled.image().servers().forEach(each -> servers.put(each.number(), each.name()));
        services.forEach((number, name) -> {
            for (int family : new int[] {4, 6}) {
                Selection selection = compiled.selections().get(new SelectionKey(name, family, SelectionKey.SERVICE));
                if (selection != null && isHashing(selection.algorithm())) {
                    tables.put(new Key(number, family), selection);
                }
            }
        });
    }

    static Placement of(CompiledConfiguration compiled) {
        return new Placement(compiled);
    }

    private static boolean isHashing(Algorithm algorithm) {
        return algorithm == Algorithm.MAGLEV || algorithm == Algorithm.SOURCE_HASH;
    }

    /** Name of a service; null when there is none of that number. */
    public @Nullable String service(int number) {
        return services.get(number);
    }

    /** Name of a server; null when there is none of that number. */
    public @Nullable String server(int number) {
        return servers.get(number);
    }

    /**
     * The server a connection is hashed to; null when the service does not hash or has no server.
     *
     * @param service number of the service
     * @param family 4 or 6
     * @param flow hash of the flow, as of {@link SelectionHash}
     * @param client hash of the client
     */
    public @Nullable String place(int service, int family, long flow, long client) {
        Selection selection = tables.get(new Key(service, family));
        if (selection == null || selection.table().size() == 0) {
            return null;
        }
        SelectionTable table = selection.table();
        long hash = selection.algorithm() == Algorithm.SOURCE_HASH ? client : flow;
        return table.member(SelectionHash.slot(hash, table.size()));
    }
}

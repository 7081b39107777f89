package io.weir.control.configuration;

import java.time.Duration;
import java.util.List;

/**
 * How the master makes the weights of a service.
 *
 * @param weights who decides
 * @param required tags that a server must have all of to get connections
 * @param preferred tags: servers that have all of them come first
 * @param spillOver load index of the preferred servers, 0..1 and more, from which on the others take part
 * @param onDown what becomes of the connections of a server that is down
 * @param slowStart how long a server that came up takes to its full weight; zero for at once
 * @param panic share of servers, 0..1: when fewer are up, health is ignored; 0 never ignores it
 */
public record BalanceConfiguration(
        Weights weights,
        List<String> required,
        List<String> preferred,
        double spillOver,
        OnDown onDown,
        Duration slowStart,
        double panic) {
    public static final BalanceConfiguration DEFAULTS =
            new BalanceConfiguration(Weights.STATIC, List.of(), List.of(), 0.8, OnDown.DRAIN, Duration.ZERO, 0);

    public BalanceConfiguration {
        required = List.copyOf(required);
        preferred = List.copyOf(preferred);
    }

    /** Who decides the weights. */
    public enum Weights {
        /** The file. */
        STATIC,
        /** The file's weights, moved by feedback until all servers have the same load index. */
        EVEN_LOAD
    }

    /** What becomes of the connections of a server that is down. */
    public enum OnDown {
        /** They go on until they end or are idle for too long. */
        DRAIN,
        /** They are ended: packets of either side are answered with a reset. */
        RESET
    }
}

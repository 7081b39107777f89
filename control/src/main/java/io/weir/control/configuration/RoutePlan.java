package io.weir.control.configuration;

import io.weir.memory.configuration.RawAddress;
import io.weir.memory.routing.Route;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The routes that follow from a configuration: one on-link for the network of each own address, and the static ones. A
 * static route to the network of an interface takes precedence; of two interfaces in one network, the first.
 */
final class RoutePlan {
    private static final int STATIC_METRIC = 0;

    private RoutePlan() {}

    static List<Route> of(NodeConfiguration configuration) {
        List<Route> routes = new ArrayList<>();
        for (int k = 0; k < configuration.interfaces().size(); k++) {
            for (IpPrefix own : configuration.interfaces().get(k).addresses()) {
                routes.add(onLink(own, k + 1, k + 1));
            }
        }
        for (RouteConfiguration route : configuration.routes()) {
            int interfaceId = interfaceId(configuration, route);
            IpAddress gateway = route.gateway();
            routes.add(
                    gateway == null
                            ? onLink(route.destination(), interfaceId, STATIC_METRIC)
                            : via(route.destination(), interfaceId, gateway));
        }
        return routes;
    }

    private static Route onLink(IpPrefix destination, int interfaceId, int metric) {
        return route(destination, interfaceId, true, new RawAddress(0, 0), metric);
    }

    private static Route via(IpPrefix destination, int interfaceId, IpAddress gateway) {
        return route(destination, interfaceId, false, routeAddress(gateway), STATIC_METRIC);
    }

    private static Route route(IpPrefix destination, int interfaceId, boolean onLink, RawAddress gateway, int metric) {
        RawAddress prefix = routeAddress(destination.network().address());
        return new Route(
                destination.address().lengthBits() == 128,
                prefix.address0(),
                prefix.address1(),
                destination.length(),
                interfaceId,
                onLink,
                gateway.address0(),
                gateway.address1(),
                metric);
    }

    /** The routing table keeps an IPv4 address in the low 32 bits of the first half, not in the mapped form. */
    private static RawAddress routeAddress(IpAddress address) {
        RawAddress raw = ConfigurationCompiler.raw(address);
        return raw.isIpv4() ? new RawAddress(raw.raw4() & 0xffff_ffffL, 0) : raw;
    }

    /** What is wrong with a static route, beginning with the key below the route. */
    static Optional<String> problem(NodeConfiguration configuration, RouteConfiguration route) {
        IpAddress gateway = route.gateway();
        String name = route.interfaceName();
        if (gateway != null
                && gateway.lengthBits() != route.destination().address().lengthBits()) {
            return Optional.of(".gateway: " + gateway + " is not of the family of the destination");
        }
        if (gateway == null && name == null) {
            return Optional.of(": has neither gateway nor interface; give one");
        }
        if (name != null
                && configuration.interfaces().stream()
                        .noneMatch(each -> each.name().equals(name))) {
            return Optional.of(".interface: there is no interface " + name);
        }
        if (gateway != null && interfaceId(configuration, route) == 0) {
            return Optional.of(".gateway: " + gateway + " is on the network of no interface; give the interface");
        }
        return Optional.empty();
    }

    /** The interface named, or the one with the longest prefix that has the gateway; 0 when there is none. */
    private static int interfaceId(NodeConfiguration configuration, RouteConfiguration route) {
        int best = 0;
        int bestLength = -1;
        for (int k = 0; k < configuration.interfaces().size(); k++) {
            InterfaceConfiguration each = configuration.interfaces().get(k);
            if (route.interfaceName() != null) {
                if (each.name().equals(route.interfaceName())) {
                    return k + 1;
                }
                continue;
            }
            for (IpPrefix own : each.addresses()) {
                if (route.gateway() != null && own.contains(route.gateway()) && own.length() > bestLength) {
                    best = k + 1;
                    bestLength = own.length();
                }
            }
        }
        return best;
    }
}

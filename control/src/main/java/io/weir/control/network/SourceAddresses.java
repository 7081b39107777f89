package io.weir.control.network;

import io.weir.control.configuration.InterfaceConfiguration;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.RouteConfiguration;
import io.weir.wire.IpAddress;
import io.weir.wire.IpPrefix;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node's own addresses, and which of them speaks to a target: that of the interface by which the data path reaches the
 * target, so that the answer comes back by the same one. A value; made anew for each configuration.
 */
public final class SourceAddresses {
    private final NodeConfiguration configuration;

    public SourceAddresses(NodeConfiguration configuration) {
        this.configuration = configuration;
    }

    /** The addresses of all interfaces, without repetition, in the order of the configuration. */
    public Set<IpAddress> own() {
        Set<IpAddress> own = new LinkedHashSet<>();
        for (InterfaceConfiguration face : configuration.interfaces()) {
            face.addresses().forEach(prefix -> own.add(prefix.address()));
        }
        return own;
    }

    /**
     * The own address to use for a target: one whose network has the target; else one of the interface of the longest route
     * to it, first one whose network has the gateway; else the first of its family. Empty when no interface has an address
     * of the family.
     */
    public Optional<IpAddress> towards(IpAddress target) {
        IpAddress best = null;
        int bestLength = -1;
        for (InterfaceConfiguration face : configuration.interfaces()) {
            for (IpPrefix own : face.addresses()) {
                if (own.contains(target) && own.length() > bestLength) {
                    best = own.address();
                    bestLength = own.length();
                }
            }
        }
        for (RouteConfiguration route : configuration.routes()) {
            // a static route goes before a network of the same length, and the first of two before the second
            boolean longer = route.destination().length() > bestLength
                    || (route.destination().length() == bestLength && isNetwork(best, bestLength));
            if (longer && route.destination().contains(target)) {
                IpAddress source = source(route, target);
                if (source != null) {
                    best = source;
                    bestLength = route.destination().length();
                }
            }
        }
        return best != null
                ? Optional.of(best)
                : own().stream().filter(o -> sameFamily(o, target)).findFirst();
    }

    private boolean isNetwork(@Nullable IpAddress own, int length) {
        return own != null
                && configuration.interfaces().stream()
                        .flatMap(face -> face.addresses().stream())
                        .anyMatch(prefix ->
                                prefix.length() == length && prefix.address().equals(own));
    }

    private @Nullable IpAddress source(RouteConfiguration route, IpAddress target) {
        IpAddress nextHop = route.gateway() == null ? target : route.gateway();
        IpAddress first = null;
        IpAddress near = null;
        int nearLength = -1;
        for (InterfaceConfiguration face : configuration.interfaces()) {
            boolean named = face.name().equals(route.interfaceName());
            for (IpPrefix own : face.addresses()) {
                if (named && first == null && sameFamily(own.address(), target)) {
                    first = own.address();
                }
                boolean eligible = named || route.interfaceName() == null;
                if (eligible && own.contains(nextHop) && own.length() > nearLength) {
                    near = own.address();
                    nearLength = own.length();
                }
            }
        }
        return near != null ? near : first;
    }

    private static boolean sameFamily(IpAddress a, IpAddress b) {
        return a.lengthBits() == b.lengthBits();
    }

    /** Which of some addresses are own ones. */
    public List<IpAddress> ownOf(List<IpAddress> addresses) {
        Set<IpAddress> own = own();
        return addresses.stream().filter(own::contains).toList();
    }
}

package io.weir.applications.rtp;

import io.weir.application.Claim;
import io.weir.application.SettingsException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The relay's own addresses, numbered from 0 in the order of its claims, and the ports it has on each. An address is two
 * halves, first octet highest; of IPv4 the upper half is 0.
 */
final class RelayAddresses {
    /** As many as the session table has an index for. */
    static final int MOST = 8;

    private final List<InetAddress> addresses = new ArrayList<>();
    private final List<Claim> claims;
    private final boolean[] isIpv4 = new boolean[MOST];
    private final long[] upper = new long[MOST];
    private final long[] lower = new long[MOST];
    private int size;

    /**
     * Takes claims apart.
     *
     * @throws SettingsException when a claim is not for UDP, or there are too many addresses, or no pair of ports
     */
    static RelayAddresses of(List<Claim> claims) throws SettingsException {
        RelayAddresses addresses = new RelayAddresses(claims);
        for (int k = 0; k < addresses.size; k++) {
            if (addresses.pairs(k).isEmpty()) {
                throw SettingsException.ofClaims(addresses.address(k).getHostAddress()
                        + " has no even port with its odd neighbour: RTP and RTCP take one each, such as"
                        + " ports: 20000-20001");
            }
        }
        return addresses;
    }

    /** Takes claims apart that were checked before. */
    static RelayAddresses checked(List<Claim> claims) {
        try {
            return of(claims);
        } catch (SettingsException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private RelayAddresses(List<Claim> claims) throws SettingsException {
        this.claims = List.copyOf(claims);
        for (Claim claim : claims) {
            if (claim.protocol() != Claim.UDP) {
                throw SettingsException.ofClaims("RTP comes over UDP alone: write protocol: udp");
            }
            if (addresses.contains(claim.address())) {
                continue;
            }
            if (size == MOST) {
                throw SettingsException.ofClaims("more than " + MOST + " addresses");
            }
            addresses.add(claim.address());
            isIpv4[size] = claim.address() instanceof Inet4Address;
            upper[size] = upper(claim.address());
            lower[size] = lower(claim.address());
            size++;
        }
        if (size == 0) {
            throw SettingsException.ofClaims("the relay needs an address and a range of ports");
        }
    }

    static long upper(InetAddress address) {
        return address instanceof Inet4Address
                ? 0
                : ByteBuffer.wrap(address.getAddress()).getLong();
    }

    static long lower(InetAddress address) {
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? Integer.toUnsignedLong(octets.getInt()) : octets.getLong(8);
    }

    int size() {
        return size;
    }

    /** The number of an address, or -1 when it is none of the relay's. */
    int find(boolean ipv4, long upperHalf, long lowerHalf) {
        for (int k = 0; k < size; k++) {
            if (lower[k] == lowerHalf && upper[k] == upperHalf && isIpv4[k] == ipv4) {
                return k;
            }
        }
        return -1;
    }

    /** Likewise. */
    int find(InetAddress address) {
        return find(address instanceof Inet4Address, upper(address), lower(address));
    }

    /** The number of the first address of a family, or -1. */
    int first(boolean ipv4) {
        for (int k = 0; k < size; k++) {
            if (isIpv4[k] == ipv4) {
                return k;
            }
        }
        return -1;
    }

    InetAddress address(int number) {
        return addresses.get(number);
    }

    boolean isIpv4(int number) {
        return isIpv4[number];
    }

    long upper(int number) {
        return upper[number];
    }

    long lower(int number) {
        return lower[number];
    }

    /** The even ports of an address whose odd neighbours are the relay's, too; ascending. */
    List<Integer> pairs(int number) {
        List<Integer> pairs = new ArrayList<>();
        for (Claim claim : claims) {
            if (claim.address().equals(addresses.get(number))) {
                for (int port = (claim.leastPort() + 1) & ~1; port < claim.greatestPort(); port += 2) {
                    pairs.add(port);
                }
            }
        }
        return pairs.stream().distinct().sorted().toList();
    }
}

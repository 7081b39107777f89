package io.weir.management;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Token buckets by source: an IPv4 address, or an IPv6 network of 64 bits, since its owner has all addresses in it. The
 * sources that were silent longest are forgotten first.
 */
final class RateLimiter {
    private static final int SOURCES = 1024;

    private final double perSecond;
    private final double burst;
    private final Map<Object, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Bucket> eldest) {
            return size() > SOURCES;
        }
    };

    private static final class Bucket {
        private double tokens;
        private long atNs;

        Bucket(double tokens, long atNs) {
            this.tokens = tokens;
            this.atNs = atNs;
        }
    }

    RateLimiter(double perSecond, double burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    /** Takes a token of the source, if it has one. */
    synchronized boolean tryTake(Object source, long nowNs) {
        Bucket bucket = filled(source, nowNs);
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens -= 1;
        return true;
    }

    /** Whether the source has a token; takes none. */
    synchronized boolean hasToken(Object source, long nowNs) {
        return filled(source, nowNs).tokens >= 1;
    }

    private Bucket filled(Object source, long nowNs) {
        Bucket bucket = buckets.computeIfAbsent(source, key -> new Bucket(burst, nowNs));
        bucket.tokens = Math.min(burst, bucket.tokens + (nowNs - bucket.atNs) * perSecond / 1e9);
        bucket.atNs = nowNs;
        return bucket;
    }

    /** What an address is counted as. */
    static Object source(SocketAddress address) {
        if (!(address instanceof InetSocketAddress internet)) {
            return "unix";
        }
        InetAddress host = internet.getAddress();
        if (host == null) {
            return internet.getHostString();
        }
        return host instanceof Inet6Address
                ? (Object) ByteBuffer.wrap(host.getAddress()).getLong()
                : host;
    }
}

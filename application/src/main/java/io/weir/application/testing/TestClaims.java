package io.weir.application.testing;

import io.weir.application.Claim;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Whether packets come from where an application listens; anything does when it listens nowhere. */
final class TestClaims {
    private final List<Claim> claims;
    private final List<MemorySegment> addresses;

    TestClaims(List<Claim> claims) {
        this.claims = List.copyOf(claims);
        this.addresses = claims.stream()
                .map(claim -> MemorySegment.ofArray(claim.address().getAddress()))
                .toList();
    }

    /**
     * Refuses a strange source.
     *
     * @param address of the source address
     * @param length its bytes
     */
    void check(MemorySegment memory, long address, int length, int protocol, int port) {
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            if (claim.protocol() == protocol
                    && port >= claim.leastPort()
                    && port <= claim.greatestPort()
                    && addresses.get(i).byteSize() == length
                    && isSame(memory, address, addresses.get(i))) {
                return;
            }
        }
        if (!claims.isEmpty()) {
            throw new IllegalArgumentException("port " + port + " and the address of the packet's source are not the"
                    + " application's own; it listens at " + claims);
        }
    }

    private static boolean isSame(MemorySegment memory, long at, MemorySegment address) {
        for (long i = 0; i < address.byteSize(); i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, at + i) != address.get(ValueLayout.JAVA_BYTE, i)) {
                return false;
            }
        }
        return true;
    }
}

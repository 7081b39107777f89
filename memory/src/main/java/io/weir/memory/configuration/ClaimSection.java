package io.weir.memory.configuration;

import static io.weir.memory.configuration.ConfigurationLayout.*;

import io.weir.memory.configuration.ConfigurationImage.Claim;
import io.weir.memory.configuration.ConfigurationImage.Interface;
import io.weir.memory.configuration.ConfigurationImage.OwnAddress;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/** The claims of network applications in a side of the configuration table, behind its sections. */
final class ClaimSection {
    private final ConfigurationImage image;
    private final Map<RawAddress, List<Claim>> byAddress = new LinkedHashMap<>();
    private final Set<RawAddress> only = new LinkedHashSet<>();
    private long start;

    ClaimSection(ConfigurationImage image) {
        this.image = image;
        image.claims()
                .forEach(each -> byAddress
                        .computeIfAbsent(each.address(), address -> new ArrayList<>())
                        .add(each));
    }

    /**
     * Refuses numbers out of range.
     *
     * @throws IllegalArgumentException that says which
     */
    void check() {
        require(
                image.claims().size() <= MAX_CLAIMS,
                "claims of applications",
                image.claims().size(),
                MAX_CLAIMS);
        for (Claim each : image.claims()) {
            require(
                    each.leastPort() > 0 && each.leastPort() <= each.greatestPort(),
                    "port of a claim of an application",
                    each.leastPort(),
                    0xffff);
            require(each.greatestPort() <= 0xffff, "port of a claim of an application", each.greatestPort(), 0xffff);
            int first = image.applicationBase();
            require(
                    first > 0 && each.application() >= first && each.application() <= 0xff,
                    "id of a claim of an application",
                    each.application(),
                    0xff);
        }
    }

    /**
     * The claimed addresses that are neither own addresses nor those of services.
     *
     * @param ofServices addresses of services
     */
    Set<RawAddress> addressesBeside(Set<RawAddress> ofServices) {
        Set<RawAddress> others = new HashSet<>(ofServices);
        for (Interface each : image.interfaces()) {
            each.addresses().stream().map(OwnAddress::address).forEach(others::add);
        }
        only.addAll(byAddress.keySet());
        only.removeAll(others);
        return only;
    }

    /** Whether the address is one of {@link #addressesBeside}. */
    boolean isOnly(RawAddress address) {
        return only.contains(address);
    }

    /** Decides that the claims stand at {@code offset}; returns the first offset behind them. */
    long place(long offset) {
        start = offset;
        return (offset + (long) image.claims().size() * CLAIM_BYTES + 63) & -64;
    }

    /**
     * Writes them after the header and all addresses have been written.
     *
     * @param slotOf offset of an address's slot in the address hash
     */
    void write(MemorySegment side, ToLongFunction<RawAddress> slotOf) {
        side.set(U32, FIRST_APPLICATION, image.applicationBase());
        side.set(U32, CLAIMS, (int) start);
        side.set(U32, CLAIM_COUNT, image.claims().size());
        long claimed4 = 0;
        long claimed6 = 0;
        long at = start;
        for (Map.Entry<RawAddress, List<Claim>> each : byAddress.entrySet()) {
            RawAddress address = each.getKey();
            if (address.isIpv4()) {
                claimed4 |= 1L << claimBit4(address.raw4());
            } else {
                claimed6 |= 1L << claimBit6(address.address0(), address.address1());
            }
            long slot = slotOf.applyAsLong(address);
            side.set(U32, slot + ADDRESS_CLAIMS, (int) at);
            side.set(U32, slot + ADDRESS_CLAIM_COUNT, each.getValue().size());
            for (Claim claim : each.getValue()) {
                write(side, at, claim);
                at += CLAIM_BYTES;
            }
        }
        side.set(U64, CLAIMED4, claimed4);
        side.set(U64, CLAIMED6, claimed6);
    }

    private static void write(MemorySegment side, long at, Claim claim) {
        side.asSlice(at, CLAIM_BYTES).fill((byte) 0);
        side.set(U64, at, claim.address().address0());
        side.set(U64, at + 8, claim.address().address1());
        side.set(U32, at + CLAIM_PROTOCOL, claim.protocol());
        side.set(U16, at + CLAIM_LEAST_PORT, (char) claim.leastPort());
        side.set(U16, at + CLAIM_GREATEST_PORT, (char) claim.greatestPort());
        side.set(U32, at + CLAIM_APPLICATION, claim.application());
    }

    /** The claims of a side that has been written. */
    static List<Claim> read(MemorySegment side) {
        List<Claim> claims = new ArrayList<>();
        long at = side.get(U32, CLAIMS);
        for (int k = Math.min(side.get(U32, CLAIM_COUNT), MAX_CLAIMS); k > 0; k--, at += CLAIM_BYTES) {
            claims.add(new Claim(
                    new RawAddress(side.get(U64, at), side.get(U64, at + 8)),
                    side.get(U32, at + CLAIM_PROTOCOL),
                    side.get(U16, at + CLAIM_LEAST_PORT),
                    side.get(U16, at + CLAIM_GREATEST_PORT),
                    side.get(U32, at + CLAIM_APPLICATION)));
        }
        return claims;
    }
}

package io.weir.switching.scenario;

import io.weir.memory.configuration.RawAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * One end of a link: an address and the link-layer address that packets from or to it carry on that link.
 *
 * @param address 4 or 16 octets
 * @param mac 48 bits, first octet highest
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Endpoint(byte[] address, long mac) {
    /** An address in text form. */
    static Endpoint of(String address, long mac) {
        try {
            return new Endpoint(InetAddress.getByName(address).getAddress(), mac);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    /** The same address seen from another link. */
    Endpoint at(long otherMac) {
        return new Endpoint(address, otherMac);
    }

    boolean isIpv4() {
        return address.length == 4;
    }

    RawAddress raw() {
        ByteBuffer buffer = ByteBuffer.wrap(address);
        return isIpv4() ? RawAddress.ofBits4(buffer.getInt()) : RawAddress.ofBits6(buffer.getLong(), buffer.getLong());
    }
}

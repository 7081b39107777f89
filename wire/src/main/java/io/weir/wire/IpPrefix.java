package io.weir.wire;

/**
 * An address with a prefix length, such as {@code 10.0.0.1/24}. The host bits may be set (an interface's address).
 *
 * @param address the address
 * @param length bits of the network part, 0..32 or 0..128
 */
public record IpPrefix(IpAddress address, int length) {
    public IpPrefix {
        if (length < 0 || length > address.lengthBits()) {
            throw new IllegalArgumentException(
                    "prefix length " + length + " of " + address + " is not in 0.." + address.lengthBits());
        }
    }

    /**
     * Reads {@code address/length}.
     *
     * @throws IllegalArgumentException naming the text and what is wrong with it
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "prefix \"" + text + "\" has no length (" + text + "/" + (text.indexOf(':') >= 0 ? 64 : 24) + ")");
        }
        IpAddress address = IpAddress.parse(text.substring(0, slash));
        String digits = text.substring(slash + 1);
        int length = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9 || i > 2) {
                throw badLength(text, digits, address);
            }
            length = length * 10 + digit;
        }
        if (digits.isEmpty() || length > address.lengthBits()) {
            throw badLength(text, digits, address);
        }
        return new IpPrefix(address, length);
    }

    private static IllegalArgumentException badLength(String text, String digits, IpAddress address) {
        return new IllegalArgumentException("prefix \"" + text + "\" has the length \"" + digits
                + "\", which is not a number 0.." + address.lengthBits());
    }

    /** The prefix that covers one address only. */
    public static IpPrefix host(IpAddress address) {
        return new IpPrefix(address, address.lengthBits());
    }

    /** This prefix with its host bits cleared. */
    public IpPrefix network() {
        return new IpPrefix(masked(address), length);
    }

    /** Whether the address is of the same family and has the same network part; IPv4-mapped addresses are IPv6 here. */
    public boolean contains(IpAddress other) {
        return other.lengthBits() == address.lengthBits() && masked(other).equals(masked(address));
    }

    /** Whether every address of the other prefix is in this one. */
    public boolean contains(IpPrefix other) {
        return other.length >= length && contains(other.address);
    }

    private IpAddress masked(IpAddress of) {
        return switch (of) {
            case Ipv4Address ipv4 -> new Ipv4Address(length == 0 ? 0 : ipv4.bits() & (-1 << (32 - length)));
            case Ipv6Address ipv6 ->
                new Ipv6Address(
                        length == 0 ? 0 : ipv6.high() & (length >= 64 ? -1L : -1L << (64 - length)),
                        length <= 64 ? 0 : ipv6.low() & -1L << (128 - length));
        };
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}

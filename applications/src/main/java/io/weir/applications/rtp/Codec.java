package io.weir.applications.rtp;

import java.util.Locale;
import java.util.Optional;

/** What the relay knows of a codec. The order is the number in the shared memory. */
enum Codec {
    /** Not said, or another one: judged like G.711 with loss concealment. */
    OTHER(8_000, 0, 25.1),
    PCMU(8_000, 0, 25.1),
    PCMA(8_000, 0, 25.1),
    /** RFC 3551 section 4.5.2: its clock is 8 kHz although it samples at 16. */
    G722(8_000, 0, 25.1),
    G723(8_000, 15, 16.1),
    G729(8_000, 11, 19.0),
    OPUS(48_000, 0, 25.1);

    private final int clockRate;
    private final double impairment;
    private final double robustness;

    /** Ie and Bpl of ITU-T G.113 appendix I, where it has the codec. */
    Codec(int clockRate, double impairment, double robustness) {
        this.clockRate = clockRate;
        this.impairment = impairment;
        this.robustness = robustness;
    }

    /** RTP clock in Hz when nothing else is said. */
    int clockRate() {
        return clockRate;
    }

    /** Ie. */
    double impairment() {
        return impairment;
    }

    /** Bpl. */
    double robustness() {
        return robustness;
    }

    /** As in SDP, in lower case. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Codec> of(String name) {
        for (Codec codec : values()) {
            if (codec.key().equalsIgnoreCase(name)) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }

    /** Its number in the shared memory. */
    @SuppressWarnings("EnumOrdinal") // the order is the layout
    int number() {
        return ordinal();
    }

    /** By its number; unknown numbers are {@link #OTHER}. */
    static Codec at(int number) {
        Codec[] all = values();
        return number >= 0 && number < all.length ? all[number] : OTHER;
    }
}

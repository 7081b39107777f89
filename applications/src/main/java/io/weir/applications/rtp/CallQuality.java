package io.weir.applications.rtp;

/**
 * The mean opinion score that listeners would give, by the E-model of ITU-T G.107 reduced to what a relay can see:
 *
 * <pre>
 * R     = 93.2 - Id - Ie,eff
 * Id    = 0.024 d + 0.11 max(0, d - 177.3)        Cole and Rosenbluth, 2001; d = 20 ms + 2 jitter
 * Ie,eff = Ie + (95 - Ie) Ppl / (Ppl + Bpl)        G.107 (3-29), losses at random
 * MOS   = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6  G.107 annex B
 * </pre>
 *
 * <p>Ppl is the share of lost packets in percent, Ie and Bpl are the codec's (G.113 appendix I). The delay between stations
 * is not known here and counts as 0; d is one packet of audio and the buffer that evens out the jitter.
 */
final class CallQuality {
    private static final double BEST = 93.2;
    private static final double PACKET_MS = 20;

    private CallQuality() {}

    /**
     * The score, 1..4.5.
     *
     * @param codec what carries the voice
     * @param lostShare lost packets among those expected, 0..1
     * @param jitterMs of RFC 3550
     */
    static double meanOpinionScore(Codec codec, double lostShare, double jitterMs) {
        double delay = PACKET_MS + 2 * jitterMs;
        double delayImpairment = 0.024 * delay + 0.11 * Math.max(0, delay - 177.3);
        double lost = 100 * Math.clamp(lostShare, 0, 1);
        double equipment = codec.impairment() + (95 - codec.impairment()) * lost / (lost + codec.robustness());
        double r = Math.clamp(BEST - delayImpairment - equipment, 0, 100);
        return Math.clamp(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1, 4.5);
    }
}

package io.weir.control.master;

/**
 * A member of a service, as far as selection goes.
 *
 * @param name stable and unique in the service: it decides which slots the member prefers
 * @param weight share of new connections relative to the others, 0..65535; 0 gets none
 */
public record Candidate(String name, int weight) {
    /** Greatest weight. */
    public static final int MAX_WEIGHT = 65535;

    public Candidate {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "member " + name + ": weight " + weight + " is not within 0.." + MAX_WEIGHT);
        }
    }
}

package io.weir.port.decorator;

/**
 * How often a frame of one direction suffers each fault, as probabilities 0..1. A frame suffers one fault at most.
 *
 * @param loss the frame disappears
 * @param duplication the frame comes twice
 * @param reordering the frame comes after the one that follows it
 * @param corruption one bit of the frame is turned
 * @param truncation the frame loses its end
 */
public record FaultSettings(double loss, double duplication, double reordering, double corruption, double truncation) {
    /** No faults. */
    public static final FaultSettings NONE = new FaultSettings(0, 0, 0, 0, 0);

    public FaultSettings {
        double sum = 0;
        for (double probability : new double[] {loss, duplication, reordering, corruption, truncation}) {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("probability " + probability + " is not within 0..1");
            }
            sum += probability;
        }
        // Sums such as 0.1 + 0.2 + 0.7 come out a little above 1.
        if (sum > 1 + 1e-9) {
            throw new IllegalArgumentException("the probabilities' sum " + sum + " is more than 1");
        }
    }
}

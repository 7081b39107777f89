package io.weir.lab;

import java.util.List;
import java.util.stream.DoubleStream;

/** Arithmetic of the servers' loads, one number for each server. */
final class DemoLoads {
    private DemoLoads() {}

    /** Each server's mean over several looks. */
    static double[] mean(List<double[]> looks) {
        double[] mean = new double[looks.getFirst().length];
        for (double[] look : looks) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += look[i] / looks.size();
            }
        }
        return mean;
    }

    /** The greatest load to the mean of all. */
    static double spread(double[] loads) {
        double sum = DoubleStream.of(loads).sum();
        return DoubleStream.of(loads).max().orElse(0) * loads.length / Math.max(sum, 1e-9);
    }
}

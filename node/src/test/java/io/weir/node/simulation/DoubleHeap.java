package io.weir.node.simulation;

import java.util.Arrays;

/** A binary heap of numbers, least first. */
final class DoubleHeap {
    private double[] values = new double[64];
    private int size;

    int size() {
        return size;
    }

    double least() {
        return size == 0 ? Double.POSITIVE_INFINITY : values[0];
    }

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        int at = size++;
        while (at > 0 && values[(at - 1) / 2] > value) {
            values[at] = values[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        values[at] = value;
    }

    void removeLeast() {
        double last = values[--size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && values[child + 1] < values[child]) {
                child++;
            }
            if (values[child] >= last) {
                break;
            }
            values[at] = values[child];
            at = child;
        }
        values[at] = last;
    }
}

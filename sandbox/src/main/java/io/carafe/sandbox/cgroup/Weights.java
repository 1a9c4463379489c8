package io.carafe.sandbox.cgroup;

/// Weights of cgroup v1 as those of v2. docs/decisions/0009.
final class Weights {
    private Weights() {}

    /// `cpu.shares` (2 to 262144) as `cpu.weight` (1 to 10000): a parabola through the logarithms of the least, the
    /// usual (1024 is 100) and the most.
    static long cpu(long shares) {
        double log = StrictMath.log((double) shares) / StrictMath.log(2);
        double exponent = (log * log + 125 * log) / 612 - 7.0 / 34;
        // what is whole up to the error of the floating point is meant to be whole: 1024 is 100 and not 101
        return Math.clamp((long) StrictMath.ceil(StrictMath.pow(10, exponent) - 1e-9), 1, 10_000);
    }

    /// A weight of 10 to 1000 as `io.weight` (1 to 10000), in a straight line.
    static long io(long weight) {
        return 1 + (weight - 10) * 9999 / 990;
    }
}

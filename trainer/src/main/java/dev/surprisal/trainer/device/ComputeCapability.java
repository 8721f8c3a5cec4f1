package dev.surprisal.trainer.device;

import java.util.Comparator;

/** The generation of an NVIDIA GPU, such as 8.6: machine code for one runs on it and on later ones with the same first number. */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {

    @Override
    public int compareTo(ComputeCapability other) {
        return Comparator.comparingInt(ComputeCapability::major)
                .thenComparingInt(ComputeCapability::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}

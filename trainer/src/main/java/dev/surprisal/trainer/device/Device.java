package dev.surprisal.trainer.device;

/** What whoever starts a training wants it to run on. */
public enum Device {
    /** A GPU where the build has code for it, otherwise the CPU. */
    AUTO,
    CPU,
    /** A GPU, or not at all. */
    CUDA
}

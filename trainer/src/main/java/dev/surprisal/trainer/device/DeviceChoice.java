package dev.surprisal.trainer.device;

import dev.surprisal.schemas.SurprisalException;
import java.util.List;

/**
 * What a training runs on, and why.
 *
 * @param onGpu whether on the GPU
 * @param sentence what to tell whoever started it
 */
public record DeviceChoice(boolean onGpu, String sentence) {

    /** ND4J 1.0.0-M2.1 has machine code for these and no PTX, so that a driver cannot translate it for later ones. */
    private static final ComputeCapability FIRST = new ComputeCapability(3, 7);

    private static final ComputeCapability LAST = new ComputeCapability(8, 9);
    private static final String KNOWN = FIRST + " to " + LAST;

    private static final String CPU = "training on the CPU";

    /**
     * Chooses.
     *
     * @param wanted what was asked for
     * @param cudaBuild whether this build has code for GPUs
     * @param gpus those of the machine, of which the first is used
     * @throws SurprisalException if a GPU was asked for and none can be used, saying why
     */
    public static DeviceChoice of(Device wanted, boolean cudaBuild, List<Gpu> gpus) {
        if (wanted == Device.CPU) {
            return new DeviceChoice(false, CPU);
        }
        String obstacle = obstacle(cudaBuild, gpus);
        if (obstacle == null) {
            Gpu gpu = gpus.get(0);
            return new DeviceChoice(true, "training on " + gpu.name() + ", compute capability " + gpu.capability());
        }
        if (wanted == Device.CUDA) {
            throw new SurprisalException("--device cuda: " + obstacle + "; leave the option out to train on the CPU");
        }
        // Whoever has neither GPU nor a build for one need not read about them.
        return new DeviceChoice(false, cudaBuild ? CPU + ": " + obstacle : CPU);
    }

    private static String obstacle(boolean cudaBuild, List<Gpu> gpus) {
        if (!cudaBuild) {
            return "this build has code for the CPU only; build with -Pcuda, or take the image trainer-cuda";
        }
        if (gpus.isEmpty()) {
            return "nvidia-smi tells of no GPU";
        }
        // All of them: ND4J looks at each, also where it uses one.
        for (Gpu gpu : gpus) {
            if (gpu.capability().compareTo(FIRST) < 0 || gpu.capability().compareTo(LAST) > 0) {
                return gpu.name() + " has compute capability " + gpu.capability() + ", and ND4J has code for " + KNOWN
                        + " only";
            }
        }
        return null;
    }
}

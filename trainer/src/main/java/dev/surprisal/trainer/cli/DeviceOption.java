package dev.surprisal.trainer.cli;

import dev.surprisal.trainer.Training;
import dev.surprisal.trainer.device.Device;
import dev.surprisal.trainer.device.DeviceChoice;
import dev.surprisal.trainer.device.InstalledGpus;
import dev.surprisal.trainer.vae.Backend;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that tells what to train on; mixed in. */
public final class DeviceOption {

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            description =
                    "auto: a GPU where this build has code for it, otherwise the CPU; cpu; or cuda: a GPU or not at all. Default: ${DEFAULT-VALUE}.")
    private Device device;

    /**
     * Chooses and says so. To be called before anything is trained.
     *
     * @throws dev.surprisal.schemas.SurprisalException if a GPU was asked for and none can be used
     */
    public void choose(Training.Listener listener) {
        boolean cuda = Backend.hasCuda();
        DeviceChoice choice = DeviceChoice.of(
                device, cuda, cuda && device != Device.CPU ? InstalledGpus.in(System.getenv()) : List.of());
        listener.says(choice.sentence());
        if (!choice.onGpu()) {
            Backend.useCpu();
        }
    }
}

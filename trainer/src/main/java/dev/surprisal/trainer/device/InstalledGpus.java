package dev.surprisal.trainer.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The GPUs that NVIDIA's driver tells of. It is asked by its own program, before anything is loaded that needs one. */
public final class InstalledGpus {

    private static final int PATIENCE_SECONDS = 20;
    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

    private InstalledGpus() {}

    /**
     * Those that a process with this environment may use; none where there is no driver, or it does not answer within 20 seconds.
     *
     * @param environment whose PATH the driver's program is on, and whose CUDA_VISIBLE_DEVICES chooses among several
     */
    public static List<Gpu> in(Map<String, String> environment) {
        String visible = environment.get(VISIBLE);
        if (visible != null && (visible.isBlank() || visible.startsWith("-"))) {
            return List.of();
        }
        List<String> line =
                new ArrayList<>(List.of("nvidia-smi", "--query-gpu=name,compute_cap", "--format=csv,noheader"));
        if (visible != null) {
            line.add("--id=" + visible);
        }
        try {
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                process.getOutputStream().close();
                // A few lines, which a pipe holds.
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    return List.of();
                }
                return Gpu.parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return List.of(); // there is no driver
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}

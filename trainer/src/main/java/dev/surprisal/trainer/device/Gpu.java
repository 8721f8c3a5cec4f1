package dev.surprisal.trainer.device;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GPU of this machine.
 *
 * @param name such as NVIDIA A100-SXM4-40GB
 */
public record Gpu(String name, ComputeCapability capability) {

    private static final Pattern LINE = Pattern.compile("(.+),\\s*(\\d+)\\.(\\d+)\\s*");

    /** Those that {@code nvidia-smi --query-gpu=name,compute_cap --format=csv,noheader} lists; what is no such line, but an error's text, is passed over. */
    static List<Gpu> parse(String listing) {
        return listing.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Gpu(
                        line.group(1).strip(),
                        new ComputeCapability(Integer.parseInt(line.group(2)), Integer.parseInt(line.group(3)))))
                .toList();
    }
}

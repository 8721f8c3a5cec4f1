package dev.surprisal.trainer.vae;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;

/** Which of ND4J's implementations does the arithmetic: the one for CPUs, or the one for GPUs where the build has it. */
public final class Backend {

    private static final String SERVICES = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";
    private static final String CUDA = "org/nd4j/linalg/jcublas/JCublasBackend.class";

    private Backend() {}

    /** Whether this build has the one for GPUs. */
    public static boolean hasCuda() {
        return Backend.class.getClassLoader().getResource(CUDA) != null;
    }

    /** Leaves the CPU's as the only one. To be called before anything else in this package: ND4J chooses once, and would prefer a GPU. */
    public static void useCpu() {
        if (hasCuda()) {
            ND4JClassLoading.setNd4jClassloader(new CpuOnly(Backend.class.getClassLoader()));
        }
    }

    /** Whether arrays lie in the memory of this process, where others may read and write them. */
    static boolean isOnHost() {
        return Host.IS_HERE;
    }

    /** Loads ND4J when first asked. */
    private static final class Host {
        static final boolean IS_HERE = Nd4j.getBackend().getEnvironment().isCPU();
    }

    /** Shows ND4J, which looks for services, none of the GPU's. */
    static final class CpuOnly extends ClassLoader {

        CpuOnly(ClassLoader all) {
            super(all);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            List<URL> found = Collections.list(super.getResources(name));
            if (name.equals(SERVICES)) {
                found.removeIf(service -> service.toString().contains("nd4j-cuda"));
            }
            return Collections.enumeration(found);
        }
    }
}

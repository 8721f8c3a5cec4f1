package dev.surprisal.trainer.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The ways that are open on a GPU, too, taken on the CPU beside those that are its own. */
class BackendTest {

    private static final String SERVICES = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

    @ParameterizedTest
    @CsvSource({"FLOAT,false,false", "FLOAT,true,false", "FLOAT,false,true", "DOUBLE,true,false", "DOUBLE,false,true"})
    void productsAreTheSameByEitherWay(DataType type, boolean transposeA, boolean transposeB) {
        INDArray a = random(type, transposeA ? 5 : 7, transposeA ? 7 : 5, 1);
        INDArray b = random(type, transposeB ? 3 : 5, transposeB ? 5 : 3, 2);
        INDArray own = random(type, 7, 3, 3);
        INDArray byNd4j = random(type, 7, 3, 3);
        Product fast = new Product(a, transposeA, b, transposeB, own, true);
        Product open = new Product(a, transposeA, b, transposeB, byNd4j, false);

        fast.add(0.5);
        open.add(0.5);
        assertThat(byNd4j.distance2(own)).isCloseTo(0, within(1e-5));
        fast.addTimes(2);
        open.addTimes(2);
        assertThat(byNd4j.distance2(own)).isCloseTo(0, within(1e-5));
        fast.setTimes(-1);
        open.setTimes(-1);
        assertThat(byNd4j.distance2(own)).isCloseTo(0, within(1e-5));
        assertThat(own.norm2Number().doubleValue()).isGreaterThan(0.1);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void valuesGoInAndComeOutByEitherWay(DataType type) {
        double[] values = {1.5, -2, 3.25};
        for (boolean in : new boolean[] {true, false}) {
            INDArray array = Elementwise.zeros(type, 2, 3);
            Elementwise.put(values, array, in);
            for (boolean out : new boolean[] {true, false}) {
                double[] back = new double[5];
                Elementwise.get(array, back, out);
                assertThat(back).containsExactly(1.5, -2, 3.25, 0, 0);
            }
            Elementwise.put(new float[] {4, 5}, array, in);
            assertThat(array.getDouble(0, 1)).isEqualTo(5);
            assertThat(array.getDouble(0, 2)).isEqualTo(3.25);
        }
        float[] narrow = new float[2];
        INDArray floats = Elementwise.ones(DataType.FLOAT, 1, 2);
        Elementwise.get(floats, narrow, false);
        assertThat(narrow).containsExactly(1, 1);
    }

    @Test
    void theCpusBackendIsInUseHere() {
        assertThat(Backend.hasCuda()).isFalse();
        assertThat(Backend.isOnHost()).isTrue();
    }

    @Test
    void leavesOutTheGpusServiceOnly() throws IOException {
        URL cpu = url("jar:file:/libs/nd4j-native-1.0.0-M2.1.jar!/" + SERVICES);
        URL gpu = url("jar:file:/libs/nd4j-cuda-11.6-1.0.0-M2.1.jar!/" + SERVICES);
        ClassLoader all = new ClassLoader(null) {
            @Override
            public Enumeration<URL> getResources(String name) {
                return Collections.enumeration(List.of(gpu, cpu));
            }
        };

        ClassLoader left = new Backend.CpuOnly(all);

        assertThat(Collections.list(left.getResources(SERVICES))).containsExactly(cpu);
        assertThat(Collections.list(left.getResources("other"))).containsExactly(gpu, cpu);
    }

    private static URL url(String text) throws MalformedURLException {
        return URI.create(text).toURL();
    }

    private static INDArray random(DataType type, int rows, int columns, long seed) {
        Random random = new Random(seed);
        INDArray array = Elementwise.zeros(type, rows, columns);
        Elementwise.put(random.doubles((long) rows * columns, -1, 1).toArray(), array, true);
        return array;
    }
}

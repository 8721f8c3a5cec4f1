package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.surprisal.trainer.data.EncodedRows;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A row's outputs have the same bits in any batch, at any place in it. */
class BatchInvariancePropertyTest {

    private static final int POOL = 320;
    private static final int[] BATCHES = {1, 2, 3, 5, 7, 15, 16, 17, 31, 64, 100, 257};
    private static final int BLOCK = 16;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void sixteenSamplesInAnyBatch(long seed) throws Exception {
        everyRowKeepsItsBits(seed, 16, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anyNumberOfSamplesInWholeBlocksOfRows(long seed) throws Exception {
        everyRowKeepsItsBits(seed, 1 + new Random(seed).nextInt(20), BLOCK);
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
    void theFirstLookInWholeBlocksOfRows(long seed) throws Exception {
        everyRowKeepsItsBits(seed, 0, BLOCK);
    }

    /** @param samples 0 = the first look */
    private static void everyRowKeepsItsBits(long seed, int samples, int block) throws Exception {
        Random random = new Random(seed);
        Columns columns = RandomVae.columns(1 + random.nextInt(40), random.nextInt(8), random);
        int latent = 1 + random.nextInt(16);
        int components = random.nextInt(3) == 0 ? 1 : 2 + random.nextInt(100);
        TrainedVae vae = new RandomVae(8 + random.nextInt(120), latent, components, 1.4).make(columns, random);
        EncodedRows pool = RandomVae.extremeRows(columns, POOL, random);

        byte[] graph = samples == 0
                ? OnnxExporter.exportFirstLook(List.of(vae))
                : OnnxExporter.export(vae, LatentNoise.of(samples, latent));
        try (ExportedModel model = new ExportedModel(graph)) {
            Map<String, float[]> reference = model.run(pool);
            for (int round = 0; round < 3; round++) {
                for (int size : BATCHES) {
                    int padded = (size + block - 1) / block * block;
                    int[] rows = random.ints(padded, 0, POOL).toArray();
                    Arrays.fill(rows, size, padded, rows[0]);
                    Map<String, float[]> batch = model.run(
                            pool.select(Arrays.stream(rows).asLongStream().toArray()));
                    batch.forEach((name, values) -> {
                        for (int i = 0; i < size; i++) {
                            assertThat(bits(values, i, padded))
                                    .as("seed %d, %s at %d of %d", seed, name, i, padded)
                                    .isEqualTo(bits(reference.get(name), rows[i], POOL));
                        }
                    });
                }
            }
        }
    }

    private static int[] bits(float[] values, int row, int rows) {
        int width = values.length / rows;
        int[] bits = new int[width];
        for (int i = 0; i < width; i++) {
            bits[i] = Float.floatToRawIntBits(values[row * width + i]);
        }
        return bits;
    }
}

package dev.surprisal.trainer.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rows without those that others hold too, so that what is measured on them is not what was learned by heart. */
public final class Novel {

    private Novel() {}

    /**
     * The rows that have no copy among others, in their order.
     *
     * @param rows in memory
     * @param others however many
     */
    public static EncodedRows among(EncodedRows rows, Rows others) {
        Map<Key, Integer> novel = new LinkedHashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            novel.put(Key.of(rows, i), i);
        }
        others.forEachBlock(block -> {
            for (int i = 0; i < block.size() && !novel.isEmpty(); i++) {
                novel.remove(Key.of(block, i));
            }
        });
        return rows.select(novel.values().stream().mapToLong(Integer::longValue).toArray());
    }

    /** The bits of a row. */
    private record Key(int[] bits) {

        static Key of(EncodedRows rows, int i) {
            int d = rows.numberColumns();
            int c = rows.categoryColumns();
            int[] bits = new int[d + c];
            for (int j = 0; j < d; j++) {
                bits[j] = Float.floatToIntBits(rows.numbers()[i * d + j]);
            }
            System.arraycopy(rows.categories(), i * c, bits, d, c);
            return new Key(bits);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bits, key.bits);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bits);
        }
    }
}

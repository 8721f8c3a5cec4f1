package dev.surprisal.trainer.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** The compressions of Parquet that need no Hadoop: those that its reader brings along, and gzip by the JDK. */
final class ParquetCodecs implements CompressionCodecFactory {

    private final CodecFactory own = new CodecFactory(new PlainParquetConfiguration(), 0);

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case GZIP -> new Gzip();
            case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> own.getDecompressor(codec);
            default ->
                throw new UnsupportedOperationException("it is packed with " + codec
                        + "; write it again without compression, or with snappy, gzip, zstd or lz4_raw");
        };
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("files are only read");
    }

    @Override
    public void release() {
        own.release();
    }

    private static final class Gzip implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput packed, int size) throws IOException {
            return BytesInput.from(unpacked(packed.toInputStream(), size));
        }

        @Override
        public void decompress(ByteBuffer packed, int packedSize, ByteBuffer target, int size) throws IOException {
            byte[] bytes = new byte[packedSize];
            packed.get(bytes);
            target.put(unpacked(new ByteArrayInputStream(bytes), size));
        }

        private static byte[] unpacked(InputStream packed, int size) throws IOException {
            try (InputStream stream = new GZIPInputStream(packed)) {
                byte[] bytes = stream.readNBytes(size);
                if (bytes.length != size || stream.read() >= 0) {
                    throw new IOException("a page has another size than is said of it");
                }
                return bytes;
            }
        }

        @Override
        public void release() {
            // It holds nothing.
        }
    }
}

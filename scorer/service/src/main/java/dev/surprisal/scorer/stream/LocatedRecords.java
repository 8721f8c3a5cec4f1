package dev.surprisal.scorer.stream;

import dev.surprisal.engine.RowBatch;
import dev.surprisal.schemas.model.LatentProjection;
import dev.surprisal.schemas.record.EncodedRow;
import dev.surprisal.schemas.record.JsonRecordParser;
import dev.surprisal.schemas.record.RecordEncoder;
import dev.surprisal.schemas.record.RecordException;
import dev.surprisal.scorer.model.ServedModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Where records lie on a model's latent map.
 *
 * @param model whose map it is
 * @param points [N] of two coordinates each, in the records' order; null of a record that cannot be scored
 */
public record LocatedRecords(ServedModel model, List<double[]> points) {

    /** @param model held by the caller, with a latent map */
    static LocatedRecords of(ServedModel model, List<byte[]> records) {
        LatentProjection map = model.plots().latent();
        RecordEncoder encoder = model.card().newEncoder();
        JsonRecordParser parser = new JsonRecordParser(model.card().spec(), encoder);
        EncodedRow row = encoder.newRow();
        List<double[]> points = new ArrayList<>(records.size());
        List<Integer> waiting = new ArrayList<>();
        try (RowBatch batch = model.newBatch()) {
            for (byte[] record : records) {
                points.add(null);
                try {
                    parser.parse(record, row);
                } catch (RecordException e) {
                    // It was scored by a model with another spec.
                    continue;
                }
                if (batch.isFull()) {
                    locate(map, batch, waiting, points);
                }
                waiting.add(points.size() - 1);
                batch.add(row);
            }
            locate(map, batch, waiting, points);
        }
        return new LocatedRecords(model, points);
    }

    private static void locate(LatentProjection map, RowBatch batch, List<Integer> waiting, List<double[]> points) {
        float[][] means = batch.latentMeans();
        for (int i = 0; i < means.length; i++) {
            double[] point = map.at(means[i]);
            if (Double.isFinite(point[0]) && Double.isFinite(point[1])) {
                points.set(waiting.get(i), point);
            }
        }
        waiting.clear();
        batch.clear();
    }
}

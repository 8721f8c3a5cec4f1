package dev.surprisal.bench.stream;

import dev.surprisal.bench.stream.ThroughputRun.Result;
import dev.surprisal.launcher.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Fills a topic once, and lets contenders work it off in turns, so that whatever else the machine does meets all of them. */
final class Throughput {

    private static final String TOPIC = "records";

    private final ThroughputRun run;
    private final int records;
    private final int repetitions;

    /** @param anomalyEvery every so manieth record is an anomaly */
    Throughput(Site site, StreamedRecords streamed, int anomalyEvery, Path model, int records, int repetitions) {
        this.records = records;
        this.repetitions = repetitions;
        run = new ThroughputRun(site, TOPIC, model);
        site.create(TOPIC);
        fill(site, streamed, anomalyEvery);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Whatever is lost is waited for in vain.
    private void fill(Site site, StreamedRecords streamed, int anomalyEvery) {
        try (KafkaProducer<byte[], byte[]> producer = site.producer(false)) {
            for (int place = 0; place < records; place++) {
                producer.send(new ProducerRecord<>(TOPIC, streamed.at(place, anomalyEvery)));
            }
        }
    }

    /** The results of each, in the order of the contenders; a first round, shorter, does not count: it warms up. */
    List<List<Result>> measure(List<Contender> contenders) {
        List<List<Result>> results = new ArrayList<>();
        contenders.forEach(contender -> results.add(new ArrayList<>()));
        int round = 0;
        try (Progress progress = Progress.start("measuring", (repetitions + 1L) * contenders.size(), "runs")) {
            for (int repetition = -1; repetition < repetitions; repetition++) {
                for (int i = 0; i < contenders.size(); i++) {
                    Result result = run.run(contenders.get(i), repetition < 0 ? records / 4 : records);
                    if (repetition >= 0) {
                        results.get(i).add(result);
                    }
                    progress.at(++round);
                }
            }
        }
        return results;
    }
}

package dev.surprisal.scorer.stream;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Has a processor's work on each record followed. */
final class TracedProcessor implements Processor<byte[], byte[], byte[], byte[]> {

    private final Processor<byte[], byte[], byte[], byte[]> processor;
    private final RecordTracing tracing;
    private ProcessorContext<byte[], byte[]> context;

    private TracedProcessor(Processor<byte[], byte[], byte[], byte[]> processor, RecordTracing tracing) {
        this.processor = processor;
        this.tracing = tracing;
    }

    /** The processor itself where nothing is followed. */
    static Processor<byte[], byte[], byte[], byte[]> of(
            Processor<byte[], byte[], byte[], byte[]> processor, RecordTracing tracing) {
        return tracing == RecordTracing.OFF ? processor : new TracedProcessor(processor, tracing);
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        processor.init(processorContext);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        OutcomeHeader outcome = OutcomeHeader.look(record.headers());
        try (RecordTracing.Span span = tracing.begin(
                record.headers(),
                context.recordMetadata().orElseThrow(),
                outcome == null ? null : outcome.scored(),
                outcome == null ? null : outcome.times())) {
            try {
                processor.process(record);
            } catch (RuntimeException e) {
                span.failed(e);
                throw e;
            }
        }
    }

    @Override
    public void close() {
        processor.close();
    }
}

package dev.surprisal.scorer.cli;

import dev.surprisal.launcher.Verbosity;
import dev.surprisal.launcher.WholeFile;
import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.schemas.event.Label.Labelled;
import dev.surprisal.scorer.feedback.JoinedLabels;
import dev.surprisal.scorer.feedback.RecordLines;
import dev.surprisal.scorer.feedback.RecordWindow;
import dev.surprisal.scorer.feedback.StoredRecord;
import dev.surprisal.scorer.stream.Pipeline;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes records and labels of topics to files. */
@Command(
        name = "export",
        sortOptions = false,
        description = {
            "Writes a window of a topic of records to a file of JSON lines, each record with its coordinates under surprisal.record; and the labels of the pipeline's records to another, each with its record, read back from its topic. `train --labels` and `evaluate --labels` take them.",
            "",
            "Example:",
            "  surprisal export --topic payments --since 7d --records window.jsonl --labels labels.jsonl --bootstrap-servers localhost:9092",
            "  surprisal train --spec payments.yaml --data window.jsonl --labels labels.jsonl --out payments.onnx",
            "",
            "Straight from the topic, without a file between:",
            "  surprisal export --topic payments --since 7d --records - | surprisal describe - --name payments --out payments.yaml",
            "  surprisal export --topic payments --since 7d --records - | surprisal train --spec payments.yaml --data - --out payments.onnx",
            ""
        })
final class ExportCommand implements Callable<Integer> {

    private static final Path STANDARD_OUTPUT = Path.of("-");

    @Mixin
    private PipelineChoice choice;

    @Option(
            names = "--records",
            paramLabel = "FILE",
            description = "The file of records to write; - is standard output.")
    private Path records;

    @Option(names = "--labels", paramLabel = "FILE", description = "The file of labels to write.")
    private Path labels;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "Records from this time on: 2026-03-01T12:00:00Z, or how long ago, such as 2h or 7d. Default: all that the topic has.")
    private String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only records before this time.")
    private String until;

    @Option(
            names = "--most-records",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Of more, the latest. Default: ${DEFAULT-VALUE}.")
    private long mostRecords;

    @Option(
            names = "--most-bytes",
            paramLabel = "N",
            defaultValue = "4294967296",
            description = "A window of more is refused. Default: ${DEFAULT-VALUE}.")
    private long mostBytes;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private Verbosity verbosity;

    @Spec
    private CommandSpec command;

    private long leftOut;

    @Override
    public Integer call() throws IOException {
        if (records == null && labels == null) {
            throw new CommandLine.ParameterException(
                    command.commandLine(), "there is nothing to write; give --records=FILE, --labels=FILE or both");
        }
        Instant now = Instant.now();
        // Which model it is does not matter to the topics.
        Pipeline pipeline = choice.pipeline("any.onnx");
        PrintWriter screen = isPiped()
                ? command.commandLine().getErr()
                : command.commandLine().getOut();
        if (records != null) {
            RecordWindow window = RecordWindow.find(
                    pipeline.kafka(),
                    new RecordWindow.Request(
                            pipeline.topic(),
                            TimeOption.parse(since, now),
                            TimeOption.parse(until, now),
                            mostRecords,
                            mostBytes));
            long count = write(window);
            screen.printf(
                    "%s: %,d records of topic %s%n",
                    isPiped() ? "standard output" : records, count - leftOut, pipeline.topic());
            if (leftOut > 0) {
                screen.printf("Left out %,d that are no JSON objects%n", leftOut);
            }
        }
        if (labels != null) {
            writeLabels(pipeline, screen);
        }
        screen.flush();
        return 0;
    }

    private boolean isPiped() {
        return STANDARD_OUTPUT.equals(records);
    }

    private long write(RecordWindow window) throws IOException {
        return isPiped() ? writeToPipe(window) : writeToFile(window);
    }

    private long writeToPipe(RecordWindow window) throws IOException {
        OutputStream out = new BufferedOutputStream(new OpenPipe(System.out), 1 << 16);
        try {
            long count = window.read(record -> write(record, out));
            out.flush();
            return count;
        } catch (UncheckedIOException e) {
            throw new SurprisalException(e.getCause().getMessage(), e);
        }
    }

    /** Standard output, which keeps to itself that nobody reads it any more. */
    private static final class OpenPipe extends FilterOutputStream {
        private final PrintStream pipe;

        OpenPipe(PrintStream pipe) {
            super(pipe);
            this.pipe = pipe;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            pipe.write(bytes, from, length);
            if (pipe.checkError()) {
                throw new IOException("standard output was closed before all records were written");
            }
        }
    }

    private long writeToFile(RecordWindow window) throws IOException {
        try (WholeFile file = WholeFile.at(records)) {
            OutputStream out = file.stream();
            long count = window.read(record -> write(record, out));
            file.complete();
            return count;
        } catch (UncheckedIOException e) {
            throw new SurprisalException(
                    records + ": cannot be written: " + e.getCause().getMessage(), e);
        }
    }

    private void write(StoredRecord record, OutputStream out) {
        if (!RecordLines.isObject(record.value())) {
            leftOut++;
            return;
        }
        try {
            out.write(RecordLines.of(record.at(), record.value()));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeLabels(Pipeline pipeline, PrintWriter screen) throws IOException {
        JoinedLabels joined = JoinedLabels.read(pipeline.kafka(), pipeline.topics(), pipeline::reads);
        try (WholeFile file = WholeFile.at(labels)) {
            for (Labelled labelled : joined.labels()) {
                file.stream().write(labelled.write());
                file.stream().write('\n');
            }
            file.complete();
        }
        screen.printf(
                "%s: %,d labels, %,d of them with their record%n",
                labels, joined.labels().size(), joined.lookUp().found());
        joined.remarks().forEach(remark -> screen.println("Note: " + remark));
    }
}

package dev.surprisal.quickstart;

import dev.surprisal.schemas.SurprisalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker, with its KRaft controller, in this process: on the loopback interface, for demonstrations and tests.
 *
 * <p>What was written is there again after a restart in the same folder.
 */
public final class EmbeddedBroker implements AutoCloseable {

    // A fixed one, because a folder that was formatted for another cluster is refused.
    private static final String CLUSTER_ID = "U3VycHJpc2FsRGVtb0FhQQ";
    private static final int LARGEST_RECORD = 32 << 20;

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts a broker that keeps its data in a folder. */
    public static EmbeddedBroker start(Path folder) {
        try {
            Files.createDirectories(folder);
            int port = freePort();
            Map<String, String> properties = properties(folder, port, freePort());
            format(folder, properties);
            Properties all = new Properties();
            all.putAll(properties);
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(all, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, "127.0.0.1:" + port);
        } catch (IOException e) {
            throw new SurprisalException(
                    "the embedded broker cannot use the folder " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Where clients connect. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops in order, even where the thread has been interrupted. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            server.shutdown();
            server.awaitShutdown();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Map<String, String> properties(Path folder, int port, int controllerPort) {
        Map<String, String> properties = new TreeMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", folder.resolve("log").toString());
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("auto.create.topics.enable", "false");
        properties.put("socket.request.max.bytes", Integer.toString(4 * LARGEST_RECORD));
        properties.put("replica.fetch.max.bytes", Integer.toString(LARGEST_RECORD));
        properties.put("fetch.max.bytes", Integer.toString(2 * LARGEST_RECORD));
        return properties;
    }

    /** Formats the folder's storage, unless it is already. */
    private static void format(Path folder, Map<String, String> properties) throws IOException {
        Path file = folder.resolve("server.properties");
        StringBuilder text = new StringBuilder();
        properties.forEach((key, value) ->
                text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
        Files.writeString(file, text);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream tool = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            int status = StorageTool.execute(
                    new String[] {
                        "format", "--ignore-formatted", "--cluster-id", CLUSTER_ID, "--config", file.toString()
                    },
                    tool);
            if (status != 0) {
                throw new IOException(said.toString(StandardCharsets.UTF_8).strip());
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

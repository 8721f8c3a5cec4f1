package dev.surprisal.bench.kill;

import dev.surprisal.schemas.SurprisalException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Three Kafka brokers, each a process with a controller: every partition is on all of them, and what two have is committed. */
final class Brokers implements AutoCloseable {

    private static final int COUNT = 3;
    private static final int HEAP_MEBIBYTES = 512;
    private static final int PATIENCE_SECONDS = 90;
    private static final String CLUSTER_ID = "U3VycHJpc2FsS2lsbEFhQQ";

    private final List<JavaProcess> processes = new ArrayList<>();
    private final String bootstrapServers;

    private Brokers(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Starts them, with data and logs in a folder. */
    static Brokers start(Path folder) throws IOException, InterruptedException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 2 * COUNT; i++) {
            ports.add(freePort());
        }
        Brokers brokers = new Brokers(ports.subList(0, COUNT).stream()
                .map(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(",")));
        for (int id = 1; id <= COUNT; id++) {
            Path own = Files.createDirectories(folder.resolve("broker-" + id));
            Path file = own.resolve("server.properties");
            StringBuilder text = new StringBuilder();
            properties(id, own, ports)
                    .forEach((key, value) ->
                            text.append(key).append('=').append(value).append('\n'));
            Files.writeString(file, text);
            format(file);
            JavaProcess process =
                    new JavaProcess("broker-" + id, folder, HEAP_MEBIBYTES, "kafka.Kafka", file.toString());
            brokers.processes.add(process);
            process.start();
        }
        brokers.awaitAllInSync();
        return brokers;
    }

    private static Map<String, String> properties(int id, Path folder, List<Integer> ports) {
        Map<String, String> properties = new TreeMap<>();
        String voters = IntStream.rangeClosed(1, COUNT)
                .mapToObj(each -> each + "@127.0.0.1:" + ports.get(COUNT + each - 1))
                .collect(Collectors.joining(","));
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(id));
        properties.put("controller.quorum.voters", voters);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + ports.get(id - 1) + ",CONTROLLER://127.0.0.1:" + ports.get(COUNT + id - 1));
        properties.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports.get(id - 1));
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        properties.put("log.dirs", folder.resolve("data").toString());
        properties.put("default.replication.factor", "3");
        properties.put("min.insync.replicas", "2");
        properties.put("offsets.topic.replication.factor", "3");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "3");
        properties.put("transaction.state.log.min.isr", "2");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("auto.create.topics.enable", "false");
        return properties;
    }

    private static void format(Path file) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream tool = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            String[] format = {"format", "--cluster-id", CLUSTER_ID, "--config", file.toString()};
            if (StorageTool.execute(format, tool) != 0) {
                throw new IOException(said.toString(StandardCharsets.UTF_8).strip());
            }
        }
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    List<JavaProcess> processes() {
        return processes;
    }

    void create(String topic, int partitions) throws InterruptedException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.of((short) COUNT))))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new SurprisalException(
                    "the topic " + topic + " cannot be created: " + e.getCause().getMessage(), e);
        }
    }

    /** Waits until every replica of every partition is in sync, so that one more broker may go. */
    void awaitAllInSync() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            if (areAllInSync()) {
                return;
            }
            Thread.sleep(200);
        }
        throw new SurprisalException("the brokers are not in sync within " + PATIENCE_SECONDS + " s");
    }

    private boolean areAllInSync() throws InterruptedException {
        try (Admin admin = admin()) {
            if (admin.describeCluster().nodes().get(3, TimeUnit.SECONDS).size() < COUNT) {
                return false;
            }
            Set<String> topics = admin.listTopics(
                            new org.apache.kafka.clients.admin.ListTopicsOptions().listInternal(true))
                    .names()
                    .get(3, TimeUnit.SECONDS);
            return admin.describeTopics(topics).allTopicNames().get(3, TimeUnit.SECONDS).values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(partition -> partition.isr().size() == COUNT && partition.leader() != null);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers, "request.timeout.ms", "3000", "default.api.timeout.ms", "5000"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        processes.forEach(JavaProcess::close);
    }
}

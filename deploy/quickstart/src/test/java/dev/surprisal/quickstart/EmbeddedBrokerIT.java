package dev.surprisal.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {

    @Test
    void whatWasWrittenIsThereAgainAfterARestart(@TempDir Path folder) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
                Admin admin = admin(broker)) {
            admin.createTopics(List.of(new NewTopic("kept", Optional.of(3), Optional.empty())))
                    .all()
                    .get();
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
                Admin admin = admin(broker)) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        }
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}

package dev.surprisal.scorer.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaAdminTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.common.security.plain.PlainLoginModule s3cret required;",
                "org.apache.kafka.common.security.plain.PlainLoginModule required s3cret;",
                "org.apache.kafka.common.security.plain.PlainLoginModule required password=\"s3cret\"",
                "org.apache.kafka.common.security.plain.PlainLoginModule required password s3cret;",
                "s3cret",
                "s3cret required password=\"s3cret\";"
            })
    void whatIsWrongWithASecretIsToldWithoutIt(String jaas) {
        Map<String, String> kafka = Map.of(
                "bootstrap.servers", "127.0.0.1:1",
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", jaas);
        assertThatThrownBy(() -> KafkaAdmin.check(kafka))
                .isInstanceOf(SurprisalException.class)
                .hasMessageContaining("sasl.jaas.config")
                .hasMessageNotContaining("s3cret");
    }
}

package dev.surprisal.scorer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeploymentTest {

    @Test
    void whatIsPublishedScoresAndWhatScoredCanBeRolledBackTo() {
        Deployment deployment = Deployment.NONE.publish(model("1")).publish(model("2"));
        assertThat(deployment.serving()).isEqualTo(model("2"));
        assertThat(deployment.previous()).containsExactly(model("1"));
        assertThat(deployment.rollback("m", null).serving()).isEqualTo(model("1"));
        assertThat(deployment.rollback("m", null).previous()).isEmpty();
        assertThatThrownBy(() -> deployment.rollback("m", null).rollback("m", null))
                .hasMessageContaining("no earlier model of 'm'");
    }

    @Test
    void promotedShadowScoresAndIsNoShadowAnyMore() {
        Deployment deployment = Deployment.NONE.publish(model("1")).shadow(model("2"));
        assertThat(deployment.files()).containsExactly("hash-1", "hash-2");
        assertThat(deployment.promote("m"))
                .isEqualTo(Deployment.NONE.publish(model("1")).publish(model("2")));
        assertThatThrownBy(() -> deployment.promote("m").promote("m")).hasMessageContaining("no shadow of 'm'");
    }

    @Test
    void rollbackGoesToAVersionByName() {
        Deployment deployment =
                Deployment.NONE.publish(model("1")).publish(model("2")).publish(model("3"));
        assertThat(deployment.rollback("m", "1").serving()).isEqualTo(model("1"));
        assertThatThrownBy(() -> deployment.rollback("m", "9")).hasMessageContaining("[2, 1]");
    }

    @Test
    void keepsFewEarlierModelsAndEachOnce() {
        Deployment deployment = Deployment.NONE;
        for (int i = 0; i < 20; i++) {
            deployment = deployment.publish(model(Integer.toString(i)));
        }
        assertThat(deployment.previous()).hasSize(Deployment.KEPT).startsWith(model("18"));
        assertThat(deployment.publish(model("19")).previous()).isEqualTo(deployment.previous());
        assertThat(deployment.publish(model("17")).previous()).startsWith(model("19"), model("18"), model("16"));
    }

    private static PublishedModel model(String version) {
        return new PublishedModel(version, "hash-" + version, 1, Instant.EPOCH);
    }
}

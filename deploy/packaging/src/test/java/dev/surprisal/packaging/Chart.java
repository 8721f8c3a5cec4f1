package dev.surprisal.packaging;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The chart, rendered by Helm itself. */
final class Chart {

    /** By version and kind, as Java classes that know every field there is. KEDA's are held to their schemas, which know types and what has to be there, but do not mind what is not in them. */
    static final Map<String, Class<?>> KINDS = Map.of(
            "v1 ConfigMap", ConfigMap.class,
            "v1 Service", Service.class,
            "apps/v1 StatefulSet", StatefulSet.class,
            "batch/v1 CronJob", CronJob.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class,
            "monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class,
            "kafka.strimzi.io/v1 KafkaTopic", KafkaTopic.class);

    static final Path EXAMPLE = Project.DEPLOY.resolve("kubernetes/example.yaml");

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                /** Left to themselves, these classes keep what they do not know as additional properties. */
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    private Chart() {}

    /** What Helm makes of a file of values. */
    static String render(Path values) {
        return new Helm(Project.CHART)
                .template()
                .withName("surprisal")
                .withKubeVersion("1.30.0")
                .withValuesFile(values)
                .call();
    }

    static List<JsonNode> objects(Path values) {
        return Project.yaml(render(values));
    }

    static String kind(JsonNode object) {
        return object.get("apiVersion").asText() + " " + object.get("kind").asText();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static JsonNode only(List<JsonNode> objects, String kind) {
        List<JsonNode> found = objects.stream()
                .filter(object -> object.get("kind").asText().equals(kind))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects are " + kind);
        }
        return found.get(0);
    }

    /** Reads an object as its kind, in which every field has to be known and of its type. */
    static Object strictly(JsonNode object) throws Exception {
        return STRICT.treeToValue(object, KINDS.get(kind(object)));
    }
}

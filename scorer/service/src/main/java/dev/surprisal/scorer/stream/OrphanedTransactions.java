package dev.surprisal.scorer.stream;

import dev.surprisal.schemas.SurprisalException;
import dev.surprisal.scorer.kafka.KafkaAdmin;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions that dead members of a group left open.
 *
 * <p>Until such a transaction is over, whoever takes over its partitions is not told where to go on, and consumers do not see what came after it. A broker ends it when it
 * has timed out, but looks only every ten seconds. Ending it sooner is safe: a member that is not dead after all, but was away for so long that the group has given it up,
 * finds its producer fenced, as it would anyway.
 */
final class OrphanedTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanedTransactions.class);

    private final String application;
    private final KafkaAdmin kafka;

    /** @param application the group's name, with which its transactions' names begin */
    OrphanedTransactions(String application, KafkaAdmin kafka) {
        this.application = application;
        this.kafka = kafka;
    }

    /**
     * Ends them.
     *
     * @throws SurprisalException if Kafka refuses or does not answer
     */
    void end() {
        List<String> open = kafka
                .get(
                        "list transactions",
                        kafka.admin()
                                .listTransactions(
                                        new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                                .all())
                .stream()
                .map(TransactionListing::transactionalId)
                .filter(name -> name.startsWith(application + StreamsProperties.BEFORE_INSTANCE))
                .toList();
        if (open.isEmpty()) {
            return;
        }
        Set<String> members = kafka
                .get(
                        "describe group " + application,
                        kafka.admin()
                                .describeConsumerGroups(List.of(application))
                                .describedGroups()
                                .get(application))
                .members()
                .stream()
                .map(MemberDescription::clientId)
                .collect(Collectors.toSet());
        List<String> orphans = open.stream()
                .filter(name -> !members.contains(name + "-consumer"))
                .toList();
        if (!orphans.isEmpty()) {
            LOG.info("ending the transactions of members that are gone: {}", orphans);
            kafka.get(
                    "end transactions " + orphans,
                    kafka.admin().fenceProducers(orphans).all());
        }
    }
}

package dev.surprisal.scorer.access;

import io.micronaut.http.HttpRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Whom requests are counted by: the address that they come from; of IPv6, the network, since a client has as many addresses there as it likes. */
final class Clients {

    private static final int NETWORK_BYTES = 8;

    private Clients() {}

    static String of(HttpRequest<?> request) {
        InetAddress address = request.getRemoteAddress().getAddress();
        if (address instanceof Inet6Address six && !six.isLoopbackAddress()) {
            return HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), NETWORK_BYTES));
        }
        return address == null ? "" : address.getHostAddress();
    }
}

package io.weir.switching.filter;

import io.weir.memory.configuration.AddressesView;
import io.weir.memory.configuration.ConfigurationReader;
import io.weir.port.Port;
import org.jspecify.annotations.Nullable;

/**
 * Gratuitous ARP (RFC 5227 §2.3) and unsolicited neighbour advertisements (RFC 4861 §7.2.6) for own and virtual
 * addresses, so that neighbours send to this node at once: after start, when an interface comes up and when the
 * configuration changes. Said twice, two seconds apart (ANNOUNCE_NUM, ANNOUNCE_INTERVAL of RFC 5227 §1.1), a few messages
 * per poll. One processor announces for the whole node.
 */
final class Announcer {
    static final int ROUNDS = 2;
    static final int INTERVAL_MS = 2_000;
    /** Messages per poll. */
    static final int SLICE = 16;
    /** How often interfaces and the generation are looked at. */
    static final int CHECK_MS = 250;

    // What is announced of an interface, in this order.
    private static final int OWN_4 = 0;
    private static final int VIRTUAL_4 = 1;
    private static final int OWN_6 = 2;
    private static final int VIRTUAL_6 = 3;
    // Then the implicit link-local address, which is a list of one.
    private static final int LISTS = 5;

    private final ConfigurationReader configuration;
    private final AddressesView addresses;
    private final @Nullable Port[] ports;
    private final Solicitor solicitor;
    private final boolean isActive;

    private final boolean[] wasUp;
    private final int[] roundsLeft;
    private long announcedGeneration;
    private boolean isRunning;
    private int dueMs;
    private int checkedMs;
    private boolean isChecked;

    // Where the current round is.
    private int interfaceId;
    private int list;
    private int index;
    private boolean isInRound;

    Announcer(ProcessorContext context, Solicitor solicitor) {
        this.configuration = context.configuration;
        this.addresses = configuration.addresses();
        this.ports = context.ports;
        this.solicitor = solicitor;
        this.isActive = context.processor == 0;
        this.wasUp = new boolean[ports.length];
        this.roundsLeft = new int[ports.length];
    }

    /** Announces everything on every interface that is up. */
    void announce(int nowMs) {
        if (!isActive) {
            return;
        }
        for (int id = 1; id < ports.length; id++) {
            Port port = ports[id];
            wasUp[id] = port != null && port.isUp();
            roundsLeft[id] = wasUp[id] && isNetwork(id) ? ROUNDS : 0;
        }
        announcedGeneration = configuration.generation();
        begin(nowMs);
    }

    private void begin(int nowMs) {
        isRunning = true;
        isInRound = false;
        dueMs = nowMs;
    }

    /** Sends the next few messages; starts anew when something changed. Returns how many messages were sent. */
    int poll(int nowMs) {
        if (!isActive) {
            return 0;
        }
        if (!isChecked || nowMs - checkedMs >= CHECK_MS) {
            isChecked = true;
            checkedMs = nowMs;
            check(nowMs);
        }
        if (!isRunning || nowMs - dueMs < 0) {
            return 0;
        }
        if (!isInRound) {
            isInRound = true;
            interfaceId = 0;
            nextInterface();
        }
        int sent = 0;
        int steps = 0;
        while (isInRound && sent < SLICE && steps++ < 4 * SLICE) {
            sent += step();
        }
        if (!isInRound) {
            isRunning = hasRounds();
            dueMs = nowMs + INTERVAL_MS;
        }
        return sent;
    }

    private void check(int nowMs) {
        if (configuration.generation() != announcedGeneration) {
            announce(nowMs);
            return;
        }
        for (int id = 1; id < ports.length; id++) {
            Port port = ports[id];
            boolean isUp = port != null && port.isUp();
            if (isUp && !wasUp[id] && isNetwork(id)) {
                roundsLeft[id] = ROUNDS;
                begin(nowMs);
            }
            wasUp[id] = isUp;
        }
    }

    /** Behind the control interface and on the host nobody has to learn anything. */
    private boolean isNetwork(int id) {
        return id != configuration.control().interfaceId()
                && id != configuration.host().interfaceId();
    }

    private boolean hasRounds() {
        for (int id = 1; id < roundsLeft.length; id++) {
            if (roundsLeft[id] > 0) {
                return true;
            }
        }
        return false;
    }

    private void nextInterface() {
        list = OWN_4;
        index = 0;
        do {
            interfaceId++;
        } while (interfaceId < roundsLeft.length && roundsLeft[interfaceId] == 0);
        if (interfaceId >= roundsLeft.length || interfaceId > configuration.interfaceCount()) {
            isInRound = false;
        } else {
            roundsLeft[interfaceId]--;
        }
    }

    /** One address or one change of list; returns the number of messages. */
    private int step() {
        if (index >= count()) {
            index = 0;
            list++;
            if (list == LISTS) {
                nextInterface();
            }
            return 0;
        }
        return announceOne(index++);
    }

    private int count() {
        return switch (list) {
            case OWN_4 -> addresses.ownCount4(interfaceId);
            case VIRTUAL_4 -> addresses.virtualCount4();
            case OWN_6 -> addresses.ownCount6(interfaceId);
            case VIRTUAL_6 -> addresses.virtualCount6();
            default -> 1;
        };
    }

    private int announceOne(int k) {
        switch (list) {
            case OWN_4 -> solicitor.announce4(interfaceId, addresses.ownAddress4(interfaceId, k));
            case VIRTUAL_4 -> {
                if (!isOn(addresses.virtualInterface4(k))) {
                    return 0;
                }
                solicitor.announce4(interfaceId, addresses.virtualAddress4(k));
            }
            case OWN_6 ->
                solicitor.announce6(
                        interfaceId, addresses.ownAddress0(interfaceId, k), addresses.ownAddress1(interfaceId, k));
            case VIRTUAL_6 -> {
                if (!isOn(addresses.virtualInterface6(k))) {
                    return 0;
                }
                solicitor.announce6(interfaceId, addresses.virtualAddress0(k), addresses.virtualAddress1(k));
            }
            default -> solicitor.announceLinkLocal(interfaceId);
        }
        return 1;
    }

    private boolean isOn(int announceInterface) {
        return announceInterface == 0 || announceInterface == interfaceId;
    }
}

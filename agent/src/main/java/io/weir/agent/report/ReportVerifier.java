package io.weir.agent.report;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says of each report whether it may be believed: authentic, permitted, of our time, never seen before, and possible.
 *
 * <p>The checks come in this order: length, magic and key id; authentication code; form; the key's servers; time; known
 * server; replay; absurd values. So nothing but an authentic, permitted and timely report of a known server takes memory,
 * and of that there is a bounded amount: when all places of senders are taken, that of the sender longest silent is given
 * away once its reports are outside the time window, and until then reports of further senders are RATE_LIMITED.
 *
 * <p>Reports from before this verifier was made are OUTSIDE_WINDOW: it cannot know whether they were seen. Keys and window
 * change with {@link #configure}, which forgets nothing. Safe for any number of threads.
 */
public final class ReportVerifier {
    /** Places for senders when nothing else is asked for. */
    public static final int DEFAULT_SENDERS = 8192;

    /**
     * Who may say what.
     *
     * @param servers names of the servers the key may speak for; empty for all
     */
    public record Permission(ReportKey key, Set<String> servers) {
        public Permission {
            servers = Set.copyOf(servers);
        }

        boolean covers(String server) {
            return servers.isEmpty() || servers.contains(server);
        }
    }

    /**
     * What became of a report.
     *
     * @param reason why it was not taken, with the value; the outcome's meaning when it was
     * @param datagram the report, when its authentication code was right; believe it only when the outcome is ACCEPTED
     * @param newest whether it was accepted and nothing newer of its sender was before: a late one moves nothing
     */
    public record Verdict(
            ReportOutcome outcome, String reason, @Nullable ReportDatagram datagram, boolean newest) {}

    private record Sender(int keyId, String server) {}

    private record Rules(Map<Integer, Permission> permissions, long windowMs) {
        @Nullable
        ReportKey key(int id) {
            Permission permission = permissions.get(id);
            return permission == null ? null : permission.key();
        }
    }

    private final Predicate<String> knownServer;
    private final int most;
    private final LongSupplier wallClockMs;
    private final Map<Sender, ReplayWindow> senders = new HashMap<>(); // guarded by itself
    private long forgottenMs; // guarded by senders: reports up to this time may have been seen
    private volatile Rules rules;

    /**
     * @param window greatest difference between a report's time and ours
     * @param knownServer whether reports of this server are wanted; asked for every report
     * @param senders places for pairs of key and server
     * @param wallClockMs milliseconds since 1970-01-01 UTC
     */
    public ReportVerifier(
            List<Permission> keys,
            Duration window,
            Predicate<String> knownServer,
            int senders,
            LongSupplier wallClockMs) {
        if (senders < 1) {
            throw new IllegalArgumentException("places for " + senders + " senders: at least 1 is needed");
        }
        this.knownServer = knownServer;
        this.wallClockMs = wallClockMs;
        most = senders;
        forgottenMs = wallClockMs.getAsLong() - 1;
        rules = rules(keys, window);
    }

    /** From now on these keys and this window. What was seen stays seen. */
    public void configure(List<Permission> keys, Duration window) {
        rules = rules(keys, window);
    }

    private static Rules rules(List<Permission> keys, Duration window) {
        Map<Integer, Permission> permissions = new HashMap<>();
        for (Permission permission : keys) {
            if (permissions.put(permission.key().id(), permission) != null) {
                throw new IllegalArgumentException(
                        "key " + permission.key().id() + " is there twice (give each key an id" + " of its own)");
            }
        }
        return new Rules(Map.copyOf(permissions), window.toMillis());
    }

    /** Judges a datagram's payload, whatever its bytes are. */
    public Verdict verify(byte[] bytes, int offset, int length) {
        Rules now = rules;
        return switch (ReportCodec.decode(bytes, offset, length, now::key)) {
            case ReportCodec.Refused(ReportOutcome outcome, String reason) -> new Verdict(outcome, reason, null, false);
            case ReportCodec.Authentic(ReportDatagram datagram) -> judge(datagram, now);
        };
    }

    private Verdict judge(ReportDatagram datagram, Rules now) {
        LoadReport report = datagram.report();
        Permission permission = now.permissions.get(datagram.keyId());
        if (permission == null || !permission.covers(report.server())) {
            return refused(
                    datagram,
                    ReportOutcome.NOT_PERMITTED,
                    "key " + datagram.keyId() + " may not speak for server " + report.server());
        }
        long nowMs = wallClockMs.getAsLong();
        // A time of 2^63 or more reads as a negative one; both are refused without overflow.
        if (datagram.timeMs() < 0
                || datagram.timeMs() < nowMs - now.windowMs
                || datagram.timeMs() > nowMs + now.windowMs) {
            return refused(
                    datagram,
                    ReportOutcome.OUTSIDE_WINDOW,
                    "its time " + Long.toUnsignedString(datagram.timeMs()) + " ms is more than " + now.windowMs
                            + " ms from ours, " + nowMs + " ms (set the sender's clock)");
        }
        if (!knownServer.test(report.server())) {
            return refused(datagram, ReportOutcome.UNKNOWN_SERVER, "server " + report.server() + " is not configured");
        }
        return admit(datagram, nowMs - now.windowMs);
    }

    private Verdict admit(ReportDatagram datagram, long oldestMs) {
        ReplayWindow.Admission admission;
        synchronized (senders) {
            Sender sender = new Sender(datagram.keyId(), datagram.report().server());
            ReplayWindow window = senders.get(sender);
            if (window == null) {
                if (datagram.timeMs() <= forgottenMs) {
                    return refused(
                            datagram, ReportOutcome.OUTSIDE_WINDOW, "it is of a time whose reports are not remembered");
                }
                if (senders.size() == most && !forgetOne(oldestMs)) {
                    return refused(
                            datagram, ReportOutcome.RATE_LIMITED, "all " + most + " places for senders are taken");
                }
                window = new ReplayWindow(forgottenMs);
                senders.put(sender, window);
            }
            admission = window.admit(datagram.session(), datagram.sequence(), datagram.timeMs());
        }
        if (admission == ReplayWindow.Admission.REFUSED) {
            return refused(
                    datagram,
                    ReportOutcome.REPLAYED,
                    "number " + Long.toUnsignedString(datagram.sequence()) + " of server "
                            + datagram.report().server() + " was seen before");
        }
        String absurd = AbsurdValues.in(datagram.report());
        if (absurd != null) {
            return refused(
                    datagram,
                    ReportOutcome.ABSURD,
                    "server " + datagram.report().server() + ": " + absurd);
        }
        ReportDatagram rounded = new ReportDatagram(
                AbsurdValues.rounded(datagram.report()),
                datagram.keyId(),
                datagram.session(),
                datagram.sequence(),
                datagram.timeMs());
        return new Verdict(
                ReportOutcome.ACCEPTED,
                ReportOutcome.ACCEPTED.meaning(),
                rounded,
                admission == ReplayWindow.Admission.NEWEST);
    }

    /** Gives away the place of the sender longest silent when its reports are refused for their time anyway. */
    private boolean forgetOne(long oldestMs) {
        Sender silent = null;
        long silentMs = oldestMs;
        for (Map.Entry<Sender, ReplayWindow> entry : senders.entrySet()) {
            if (entry.getValue().newestMs() < silentMs) {
                silentMs = entry.getValue().newestMs();
                silent = entry.getKey();
            }
        }
        if (silent == null) {
            return false;
        }
        senders.remove(silent);
        forgottenMs = Math.max(forgottenMs, silentMs);
        return true;
    }

    private static Verdict refused(ReportDatagram datagram, ReportOutcome outcome, String reason) {
        return new Verdict(outcome, reason, datagram, false);
    }
}

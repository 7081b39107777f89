package io.weir.applications.rtp;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl;
import io.weir.application.ApplicationCounters;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The relay's API: sessions are begun, looked at and ended. */
final class RtpControl implements ApplicationControl {
    private static final String SESSIONS = "sessions";
    private static final String ACTIVE = "active";
    private static final String ENDED = "ended";

    private final SessionTable table;
    private final RelayAddresses addresses;
    private final Sessions sessions;
    private final SessionReport report;
    private final ApplicationCounters counters;

    RtpControl(ApplicationContext context, RtpSettings settings) {
        this(context, settings, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** With a clock in milliseconds. */
    RtpControl(ApplicationContext context, RtpSettings settings, LongSupplier clockMs) {
        table = new SessionTable(context.shared(), settings.sessions());
        addresses = RelayAddresses.checked(context.claims());
        sessions = new Sessions(table, addresses, clockMs);
        report = new SessionReport(table, addresses);
        counters = context.counters();
    }

    @Override
    public Answer handle(String method, String path, String body) {
        sessions.reap();
        try {
            if (path.equals(SESSIONS)) {
                return switch (method) {
                    case "GET" -> list();
                    case "POST" -> begin(body);
                    default -> Answer.error(405, "sessions take GET and POST");
                };
            }
            int number = find(path);
            if (number < 0) {
                return Answer.notFound();
            }
            return switch (method) {
                case "GET" -> new Answer(200, write(number));
                case "POST" -> change(number, body);
                case "DELETE" -> delete(number);
                default -> Answer.error(405, "a session takes GET, POST and DELETE");
            };
        } catch (RequestException e) {
            counters.add(Count.REFUSED, 1);
            return Answer.error(e.status(), e.reason());
        }
    }

    /** The session that a path names, or -1. */
    private int find(String path) {
        if (!path.matches(SESSIONS + "/[1-9]\\d{0,17}")) {
            return -1;
        }
        return sessions.find(Long.parseLong(path.substring(SESSIONS.length() + 1)));
    }

    private String write(int number) {
        long session = table.session(number);
        return report.write(session, table.state(session) == SessionTable.ACTIVE ? ACTIVE : ENDED, true);
    }

    private Answer list() {
        StringJoiner list = new StringJoiner(",", "{\"sessions\":[", "]}");
        for (int number : sessions.all()) {
            long session = table.session(number);
            list.add(report.write(session, table.state(session) == SessionTable.ACTIVE ? ACTIVE : ENDED, false));
        }
        return new Answer(200, list.toString());
    }

    private Answer begin(String body) throws RequestException {
        int number = sessions.begin(SessionRequest.of(body, addresses));
        counters.add(Count.CREATED, 1);
        return new Answer(201, write(number));
    }

    private Answer change(int number, String body) throws RequestException {
        long session = table.session(number);
        boolean ipv4 = addresses.isIpv4(table.ownAddress(SessionTable.side(session, 0)));
        SessionRequest.Change change = SessionRequest.Change.of(body, addresses, ipv4);
        if (table.state(session) != SessionTable.ACTIVE) {
            throw new RequestException(409, "the session has ended");
        }
        sessions.change(number, change);
        return new Answer(200, write(number));
    }

    private Answer delete(int number) {
        sessions.delete(number);
        counters.add(Count.DELETED, 1);
        return new Answer(200, report.write(table.session(number), ENDED, true));
    }
}

package io.weir.control.health;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** The words of messages. */
final class Words {
    private static final int LONGEST = 200;

    private Words() {}

    /** Such as {@code 0.4 ms} or {@code 23 ms}. */
    static String elapsed(Duration duration) {
        double ms = duration.toNanos() / 1e6;
        return ms < 1 ? String.format(Locale.ROOT, "%.1f ms", ms) : Math.round(ms) + " ms";
    }

    static String noAnswer(Duration timeout) {
        return "no answer within " + timeout.toMillis() + " ms";
    }

    /** What went wrong, in the words of the network. */
    static String failure(IOException failure, Deadline deadline, Duration timeout) {
        if (deadline.isOver()) {
            return noAnswer(timeout);
        }
        return switch (failure) {
            case SocketTimeoutException _ -> noAnswer(timeout);
            case PortUnreachableException _ -> "ICMP port unreachable";
            case NoRouteToHostException _ -> "no route to host";
            case ConnectException e -> uncapitalised(e.getMessage());
            case ClosedChannelException _ -> "the connection was closed";
            case SSLException e -> "TLS: " + root(e);
            default -> uncapitalised(failure.getMessage());
        };
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return line(String.valueOf(root.getMessage()));
    }

    private static String uncapitalised(@org.jspecify.annotations.Nullable String message) {
        if (message == null || message.isEmpty()) {
            return "failed";
        }
        // "Connection refused", but "HTTP"
        boolean isWord = message.length() > 1 && Character.isLowerCase(message.charAt(1));
        return line(isWord ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message);
    }

    /** One line without control characters, of bounded length. */
    static String line(String text) {
        String cut = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        return cut.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}

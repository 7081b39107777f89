package io.weir.management.logging;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * A logger of the HTTP server: warnings and errors go to the platform's logger of the same name, one a second at most,
 * since callers can provoke them; the rest goes nowhere.
 */
final class PlatformLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private static final long PAUSE_NS = 1_000_000_000;
    private static final AtomicLong LAST_NS = new AtomicLong(System.nanoTime() - PAUSE_NS);

    private final transient System.Logger platform;
    /** Whether it warns of nothing but what callers send. */
    private final boolean isOfCallers;

    PlatformLogger(String name) {
        this.name = name;
        platform = System.getLogger(name);
        isOfCallers = name.startsWith("org.eclipse.jetty.http.") || name.startsWith("org.eclipse.jetty.util.HostPort");
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        if (!isDue(System.nanoTime())) {
            return;
        }
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        System.Logger.Level as = level == Level.ERROR ? System.Logger.Level.ERROR : System.Logger.Level.WARNING;
        if (throwable == null) {
            platform.log(as, message);
        } else {
            platform.log(as, message, throwable);
        }
    }

    private static boolean isDue(long nowNs) {
        long last = LAST_NS.get();
        return nowNs - last >= PAUSE_NS && LAST_NS.compareAndSet(last, nowNs);
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return false;
    }

    @Override
    public boolean isWarnEnabled() {
        return !isOfCallers && platform.isLoggable(System.Logger.Level.WARNING);
    }

    @Override
    public boolean isErrorEnabled() {
        return platform.isLoggable(System.Logger.Level.ERROR);
    }
}

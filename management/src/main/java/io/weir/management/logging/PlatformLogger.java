package io.weir.management.logging;

import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger of the HTTP server: warnings and errors go to the platform's logger of the same name, the rest nowhere. */
final class PlatformLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private final transient System.Logger platform;

    PlatformLogger(String name) {
        this.name = name;
        platform = System.getLogger(name);
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
        String message = MessageFormatter.basicArrayFormat(pattern, arguments);
        System.Logger.Level as = level == Level.ERROR ? System.Logger.Level.ERROR : System.Logger.Level.WARNING;
        if (throwable == null) {
            platform.log(as, message);
        } else {
            platform.log(as, message, throwable);
        }
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
        return platform.isLoggable(System.Logger.Level.WARNING);
    }

    @Override
    public boolean isErrorEnabled() {
        return platform.isLoggable(System.Logger.Level.ERROR);
    }
}

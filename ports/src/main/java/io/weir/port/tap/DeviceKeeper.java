package io.weir.port.tap;

import io.weir.linux.LinuxException;
import io.weir.linux.NetworkNamespace;
import io.weir.linux.TapDevice;
import io.weir.linux.TapSettings;
import io.weir.memory.counters.InterfaceCounter;
import io.weir.memory.counters.ProcessorCounters;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the device in being: one that was deleted or renamed is made anew, with all its settings; one that was set down gets
 * its settings again when it is up. For the daemon's thread.
 */
final class DeviceKeeper implements AutoCloseable {
    /** A look at a device that is there costs two system calls. */
    private static final long LOOK_MS = 200;
    /** Making a device costs many, and somebody else may have taken its name. */
    private static final long REMAKE_MS = 1000;

    private final TapSettings settings;
    private final HostLink link;
    private final ProcessorCounters counters;
    private final HostObserver observer;
    private final NetworkNamespace namespace = NetworkNamespace.current();
    private @Nullable TapDevice device;
    private long lookedMs;
    private boolean lookNow;
    private String trouble = "";

    /**
     * Makes the device in the calling thread's network namespace.
     *
     * @throws LinuxException as {@link TapDevice#open}
     */
    DeviceKeeper(TapSettings settings, HostLink link, ProcessorCounters counters, HostObserver observer) {
        this.settings = settings;
        this.link = link;
        this.counters = counters;
        this.observer = observer;
        boolean complete = false;
        try {
            device = TapDevice.open(settings);
            complete = true;
        } finally {
            if (!complete) {
                namespace.close();
            }
        }
        link.setUp(true);
        counters.add(InterfaceCounter.UP_EVENTS, link.id(), 1);
    }

    /** The device while it can be used. */
    @Nullable
    TapDevice usable() {
        return link.isUp() ? device : null;
    }

    /** The next {@link #follow} looks at the device: a system call on it has failed. */
    void suspect() {
        lookNow = true;
    }

    /** Looks at the device when it is time. */
    void follow(long nowMs) {
        long interval = device == null ? REMAKE_MS : LOOK_MS;
        if (!lookNow && nowMs - lookedMs < interval) {
            return;
        }
        lookNow = false;
        lookedMs = nowMs;
        try {
            look();
        } catch (LinuxException e) {
            down(String.valueOf(e.getMessage()));
        }
    }

    private void look() {
        TapDevice held = device;
        if (held == null) {
            device = namespace.call(() -> TapDevice.open(settings));
            up();
        } else if (!held.isPresent()) {
            down("it was deleted or renamed; it is made anew");
            held.close();
            device = null;
        } else if (!held.isUp()) {
            down("it was set down; bring it up with `ip link set dev " + settings.device() + " up`");
        } else if (!link.isUp()) {
            namespace.call(() -> {
                held.configure();
                return true;
            });
            up();
        }
    }

    private void up() {
        trouble = "";
        link.setUp(true);
        counters.add(InterfaceCounter.UP_EVENTS, link.id(), 1);
        observer.up(settings.device());
    }

    private void down(String reason) {
        if (link.isUp()) {
            link.setUp(false);
            counters.add(InterfaceCounter.DOWN_EVENTS, link.id(), 1);
        }
        if (!trouble.equals(reason)) {
            trouble = reason;
            observer.down(settings.device(), reason);
        }
    }

    @Override
    public void close() {
        link.setUp(false);
        TapDevice held = device;
        if (held != null) {
            held.close();
            device = null;
        }
        namespace.close();
    }
}

package io.weir.port.tap;

import io.weir.linux.LinuxException;
import io.weir.linux.TapDevice;

/** A process that makes a device in its namespace; for tests with fewer privileges. */
final class OpenAttempt {
    private OpenAttempt() {}

    public static void main(String[] arguments) {
        try (TapDevice device = TapDevice.open(HostSide.settings(true, arguments[0]))) {
            System.out.println("opened: " + device.isUp());
        } catch (LinuxException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}

package io.weir.port.afxdp;

import io.weir.linux.LinuxException;

/** A process that says what hinders it from opening an interface of its namespace; for tests with fewer privileges. */
final class OpenAttempt {
    private OpenAttempt() {}

    public static void main(String[] arguments) {
        System.out.println("obstacle: " + AfXdpInterface.obstacle(arguments[0]));
        try (XdpSwitch node = new XdpSwitch("");
                AfXdpInterface face =
                        AfXdpInterface.open(XdpSwitch.options(1, arguments[0], Attach.NATIVE), node.umem)) {
            System.out.println("opened: " + face.mode());
        } catch (LinuxException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}

package io.weir.port.afxdp;

/** A process that takes an interface and keeps it until it is killed. */
final class HeldInterface {
    private HeldInterface() {}

    /** Where this process has its classes from, on the class path or on the module path. */
    static String classPath() {
        return System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
    }

    public static void main(String[] arguments) throws Exception {
        try (XdpSwitch node = new XdpSwitch(arguments[0])) {
            AfXdpPort port = node.open(1, arguments[1], Attach.NATIVE);
            port.receive(node.batch, 64);
            System.out.println("held");
            Thread.sleep(60_000);
        }
    }
}

package io.weir.linux;

/** What the process may do. */
public final class Privileges {
    private Privileges() {}

    /** True when the effective user is root, possibly only of its own user namespace. */
    public static boolean isRoot() {
        return SystemCalls.geteuid() == 0;
    }
}

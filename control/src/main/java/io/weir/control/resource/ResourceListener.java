package io.weir.control.resource;

/** Is told what changes; called by the thread that brought the news, without a lock, so it is to be quick. */
public interface ResourceListener {
    /** Something newer is known of a server. */
    default void loadChanged(String server, ServerLoad load) {}

    /** A server is silent for longer than its reports are used; its configured weight applies. */
    default void becameStale(String server, ServerLoad load, long ageMs) {}

    /** A server that was silent is heard again. */
    default void becameFresh(String server, ServerLoad load) {}
}

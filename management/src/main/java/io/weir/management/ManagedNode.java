package io.weir.management;

import io.weir.management.model.GenerationView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.Preview;
import java.util.List;

/** A node as the management surface sees it. Every method may be called by any thread; changes run one after the other. */
public interface ManagedNode {
    /** The node now. */
    NodeSnapshot snapshot();

    /** Generations that are remembered, newest first. */
    List<GenerationView> generations();

    /** The configuration file in force, as text. */
    String configurationText();

    /** Puts a configuration in force. */
    GenerationView apply(String fileName, String yaml) throws RefusedException;

    /** What it would change. */
    Preview preview(String fileName, String yaml) throws RefusedException;

    /** Goes back to the configuration and settings of an earlier generation; 0 means the one before. */
    GenerationView rollback(long generation) throws RefusedException;

    /** Drains a server (no new connections), or ends the drain. */
    GenerationView drain(String server, boolean drain) throws RefusedException;

    /**
     * Sets the weight of a server in a service by hand; it stays until it is cleared, whatever agents say.
     *
     * @param weight 0..65535, or -1 to clear
     */
    GenerationView setWeight(String service, String server, int weight) throws RefusedException;

    /**
     * Takes the bytes of a load report in the form of a datagram ({@code docs/report-protocol.md}), which carry their own
     * authentication.
     *
     * @throws RefusedException when they are dropped, with the reason that was counted
     */
    void report(byte[] datagram) throws RefusedException;

    /** Names of the network applications, which do not change. */
    List<String> applications();

    /**
     * An application's own answer to a request.
     *
     * @param name of the application
     * @param method GET, POST or DELETE
     * @param path behind the application's name, without leading slash
     * @param body JSON, or empty
     * @throws RefusedException when the application answers no requests
     */
    ApplicationAnswer ask(String name, String method, String path, String body) throws RefusedException;

    /**
     * What an application answers.
     *
     * @param status of HTTP
     * @param json the body
     */
    record ApplicationAnswer(int status, String json) {}

    /** A change that was refused; nothing has changed. */
    final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final Kind kind;

        /** Why. */
        public enum Kind {
            /** The request names something that is not there. */
            UNKNOWN,
            /** The request is wrong in itself. */
            INVALID,
            /** It cannot be done now. */
            CONFLICT,
            /** There are too many of them. */
            LIMITED
        }

        public RefusedException(Kind kind, String message) {
            super(message);
            this.kind = kind;
        }

        public Kind kind() {
            return kind;
        }
    }
}

package io.weir.management;

import io.weir.management.ManagedNode.ApplicationAnswer;
import io.weir.management.ManagedNode.RefusedException;
import io.weir.management.Route.Call;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Requests that the network applications answer themselves. Each application has a thread of its own for them, so that one
 * that does not return keeps nobody waiting but its own callers.
 */
final class ApplicationCalls implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ApplicationCalls.class.getName());
    private static final int LONGEST_ANSWER = 64 << 20;

    private final ManagedNode node;
    private final Duration patience;
    private final Map<String, NodeThread> threads = new HashMap<>();

    ApplicationCalls(ManagedNode node, Duration patience) {
        this.node = node;
        this.patience = patience;
        node.applications().forEach(name -> threads.put(name, new NodeThread("application-" + name)));
    }

    Answer answer(String method, Call call) throws ApiException, RefusedException {
        String name = call.variable("name");
        NodeThread thread = threads.get(name);
        if (thread == null) {
            throw new ApiException(404, "there is no application " + name);
        }
        String path = call.variable("path");
        String body = Routes.utf8(call.body());
        ApplicationAnswer answer = thread.call(
                () -> ask(name, method, path, body),
                patience,
                "application " + name + " has not answered within " + patience.toSeconds() + " s");
        return checked(name, answer);
    }

    private ApplicationAnswer ask(String name, String method, String path, String body)
            throws ApiException, RefusedException {
        try {
            return node.ask(name, method, path, body);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.log(System.Logger.Level.WARNING, "application " + name + " failed at " + method + " " + path, e);
            throw new ApiException(500, "application " + name + " failed: " + e + " (the node's log has more)");
        }
    }

    /** What no application may answer is an error of the application. */
    private static Answer checked(String name, ApplicationAnswer answer) throws ApiException {
        int status = answer.status();
        if (status < 200 || status > 599 || (status >= 300 && status < 400)) {
            throw new ApiException(500, "application " + name + " answered with the impossible status " + status);
        }
        if (status == 204) {
            return Answer.empty(status);
        }
        byte[] json = answer.json().getBytes(StandardCharsets.UTF_8);
        if (json.length > LONGEST_ANSWER || !JsonBytes.isJson(json)) {
            throw new ApiException(
                    500,
                    "application " + name + " answered with "
                            + (json.length > LONGEST_ANSWER ? json.length + " bytes" : "what is not JSON"));
        }
        return Answer.of(status, Answer.JSON, json);
    }

    @Override
    public void close() {
        threads.values().forEach(NodeThread::close);
    }
}

package io.weir.management;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one platform thread that asks the node for something. What takes long there (a preview of a large configuration) is
 * scheduled by the kernel beside everything else, while on a virtual thread it would hold up all other virtual threads of
 * the process; and a flood of requests has one thread's share of the machine at most.
 */
final class NodeThread implements AutoCloseable {
    private static final int WAITING = 16;

    private final ThreadPoolExecutor executor;

    NodeThread(String name) {
        executor = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().name(name).daemon(true).factory());
        executor.allowCoreThreadTimeOut(true);
    }

    /** Does it, waiting for that long at most; then it goes on by itself. */
    <T> T call(Callable<T> work, Duration time, String late) throws ApiException, ManagedNode.RefusedException {
        Future<T> future;
        try {
            future = executor.submit(work);
        } catch (RejectedExecutionException e) {
            throw new ApiException(503, "too many requests wait for the node (try again)");
        }
        try {
            return future.get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ApiException(503, late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(503, "the node is closing");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ManagedNode.RefusedException refused -> throw refused;
                case ApiException api -> throw api;
                case null, default -> throw new IllegalStateException("the node failed", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

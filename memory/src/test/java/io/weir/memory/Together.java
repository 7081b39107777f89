package io.weir.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs tasks at the same time and fails when one of them fails or does not end. */
public final class Together {
    private Together() {}

    /** Lets another thread run, as there may be more threads than processors. */
    @SuppressWarnings("ThreadPriorityCheck") // a hint only: no test counts on what it does
    public static void pause() {
        Thread.yield();
    }

    @SafeVarargs
    public static void run(Callable<Void>... tasks) throws Exception {
        List<FutureTask<Void>> running = new ArrayList<>();
        for (Callable<Void> task : tasks) {
            FutureTask<Void> each = new FutureTask<>(task);
            running.add(each);
            // A daemon, so that a task that never ends fails its test and not the whole build.
            Thread.ofPlatform().daemon().start(each);
        }
        for (FutureTask<Void> each : running) {
            each.get(60, TimeUnit.SECONDS);
        }
    }
}

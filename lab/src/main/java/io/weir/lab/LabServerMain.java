package io.weir.lab;

import java.io.IOException;

/**
 * A {@link LabServer} with {@link Workers} as a process of its own: {@code LabServerMain NAME WORKERS SERVICE_MS}. It ends
 * when its standard input does, which is when whoever started it is gone.
 */
public final class LabServerMain {
    private LabServerMain() {}

    /** Name of the server, number of workers, milliseconds that each takes for a request. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: LabServerMain NAME WORKERS SERVICE_MS");
            System.exit(2);
        }
        Workers workers = new Workers(Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        Thread.ofPlatform().daemon().name("end").start(LabServerMain::endWithParent);
        LabServer.serve(arguments[0], workers);
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is expected.
            }
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(0);
    }
}

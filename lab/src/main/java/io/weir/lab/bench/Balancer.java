package io.weir.lab.bench;

import io.weir.lab.Commands;
import io.weir.lab.LabException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A contestant that is set up in its lane. Its processes are stopped (SIGSTOP) while others have their turn, so that
 * nothing it does when idle costs them anything; the kernel's own balancers have none.
 */
final class Balancer {
    private final Contestant contestant;
    private final Lane lane;
    private final List<Process> processes;

    Balancer(Contestant contestant, Lane lane, List<Process> processes) {
        this.contestant = contestant;
        this.lane = lane;
        this.processes = List.copyOf(processes);
    }

    Contestant contestant() {
        return contestant;
    }

    Lane lane() {
        return lane;
    }

    List<Process> processes() {
        return processes;
    }

    /** Where clients send: the virtual address, or the server's own where nothing is translated. */
    String target() {
        return contestant.translates() ? lane.virtualAddress() : lane.serverAddress();
    }

    void suspend() {
        signal("-STOP");
    }

    /** Lets the processes run again; one that has ended meanwhile is an error. */
    void resume() {
        for (Process process : processes) {
            if (!process.isAlive()) {
                throw new MeasurementException(contestant.key() + " has ended with status " + process.exitValue());
            }
        }
        signal("-CONT");
    }

    /** Resumes whatever is left; never an error. For cleaning up: a stopped process does not act on SIGTERM. */
    void release() {
        try {
            signal("-CONT");
        } catch (LabException e) {
            // Ended already.
        }
    }

    private void signal(String signal) {
        List<String> command = new ArrayList<>(List.of("kill", signal));
        processes.stream()
                .flatMap(p -> Stream.concat(Stream.of(p.toHandle()), p.descendants()))
                .filter(ProcessHandle::isAlive)
                .forEach(p -> command.add(String.valueOf(p.pid())));
        if (command.size() > 2) {
            Commands.attempt(command, "", 10);
        }
    }
}

package io.weir.control.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What cannot change while the node runs: what threads, sockets and the size of the shared memory were made from. */
final class RestartCheck {
    private final List<String> problems = new ArrayList<>();

    private RestartCheck() {}

    static List<String> problems(NodeConfiguration running, NodeConfiguration next) {
        RestartCheck check = new RestartCheck();
        check.same("name", running.name(), next.name());
        ProcessorsConfiguration processors = running.processors();
        check.same("processors.control", processors.control(), next.processors().control());
        check.same(
                "processors.switching",
                processors.switching(),
                next.processors().switching());
        check.same("processors.idle", processors.idle(), next.processors().idle());
        MemoryConfiguration memory = running.memory();
        check.same("memory.file", memory.file(), next.memory().file());
        check.same(
                "memory.connections-ipv4", memory.connections4(), next.memory().connections4());
        check.same(
                "memory.connections-ipv6", memory.connections6(), next.memory().connections6());
        check.same("memory.buffers", memory.buffers(), next.memory().buffers());
        check.same("memory.buffer-size", memory.bufferBytes(), next.memory().bufferBytes());
        check.same("memory.neighbours", memory.neighbours(), next.memory().neighbours());
        check.same("memory.huge-pages", memory.hugePages(), next.memory().hugePages());
        check.same("reports.listen", running.reports().listen(), next.reports().listen());
        check.same("reports.port", running.reports().port(), next.reports().port());
        check.same("management", running.management(), next.management());
        check.applications(running.applications(), next.applications());
        check.host(running.host(), next.host());
        check.same("interfaces", names(running), names(next));
        if (names(running).equals(names(next))) {
            for (int k = 0; k < running.interfaces().size(); k++) {
                check.compare(running.interfaces().get(k), next.interfaces().get(k));
            }
        }
        return check.problems;
    }

    /** They were made, with their memory, when the node started. */
    private void applications(List<ApplicationConfiguration> running, List<ApplicationConfiguration> next) {
        List<String> names =
                running.stream().map(ApplicationConfiguration::name).toList();
        List<String> nextNames =
                next.stream().map(ApplicationConfiguration::name).toList();
        same("applications", names, nextNames);
        if (!names.equals(nextNames)) {
            return;
        }
        for (int k = 0; k < names.size(); k++) {
            ApplicationConfiguration old = running.get(k);
            ApplicationConfiguration current = next.get(k);
            String key = "applications." + names.get(k);
            same(key + ".type", old.type(), current.type());
            same(key + ".jar", old.jar(), current.jar());
            same(key + ".listen", old.claims(), current.claims());
            same(key + ".budget", old.budget(), current.budget());
            same(key + ".fallback", old.fallback(), current.fallback());
            same(key + ".settings", old.settings(), current.settings());
        }
    }

    /** Limits and what is reserved may change. */
    private void host(@Nullable HostConfiguration running, @Nullable HostConfiguration next) {
        if (running == null || next == null) {
            same("host", running == null ? "none" : "section", next == null ? "none" : "section");
            return;
        }
        same("host.device", running.device(), next.device());
        same("host.addresses", running.addresses(), next.addresses());
        same("host.mtu", running.mtu(), next.mtu());
        same("host.routes", running.routes(), next.routes());
        same("host.ring", running.ring(), next.ring());
    }

    /** Addresses may change: they only stand in the tables. */
    private void compare(InterfaceConfiguration running, InterfaceConfiguration next) {
        String key = "interfaces." + running.name();
        same(key + ".device", running.device(), next.device());
        DriverConfiguration driver = running.driver();
        same(key + ".driver", driver.driver().key(), next.driver().driver().key());
        same(key + ".mode", mode(driver), mode(next.driver()));
        same(key + ".xdp", driver.attach(), next.driver().attach());
        same(key + ".queues", driver.queues(), next.driver().queues());
        same(key + ".spread", driver.spread(), next.driver().spread());
        same(key + ".ring", driver.ringFrames(), next.driver().ringFrames());
        same(key + ".link-address", running.linkAddress(), next.linkAddress());
        same(key + ".mtu", running.mtu(), next.mtu());
        same(key + ".processor", running.processor(), next.processor());
    }

    private static String mode(DriverConfiguration driver) {
        return driver.shared() ? "shared" : "exclusive";
    }

    private static List<String> names(NodeConfiguration configuration) {
        return configuration.interfaces().stream()
                .map(InterfaceConfiguration::name)
                .toList();
    }

    private void same(String key, @Nullable Object running, @Nullable Object next) {
        if (!Objects.equals(running, next)) {
            problems.add(key + ": " + next + " differs from " + running
                    + ", which cannot change while the node runs; restart it or change it back");
        }
    }
}

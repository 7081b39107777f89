package io.weir.node.application;

import java.util.List;

/**
 * The applications of a configuration, in its order.
 *
 * @param all with ids that follow one another
 * @param jars what is to be closed when none of them runs any more
 */
public record LoadedApplications(List<LoadedApplication> all, List<ApplicationJar> jars) implements AutoCloseable {
    public static final LoadedApplications NONE = new LoadedApplications(List.of(), List.of());

    public LoadedApplications {
        all = List.copyOf(all);
        jars = List.copyOf(jars);
    }

    @Override
    public void close() {
        jars.forEach(ApplicationJar::close);
    }
}

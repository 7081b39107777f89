package io.weir.node;

import io.weir.agent.report.ReportOutcome;
import io.weir.agent.report.ReportVerifier;
import io.weir.control.ControlProcessor.UnknownNameException;
import io.weir.control.Generation;
import io.weir.control.MovedConnections;
import io.weir.control.configuration.ConfigurationDiff;
import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.ConfigurationRefusedException;
import io.weir.control.configuration.ConfigurationTable;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.management.ManagedNode;
import io.weir.management.model.GenerationView;
import io.weir.management.model.GenerationView.MoveView;
import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.Preview;
import io.weir.node.application.ApplicationLoader;
import java.util.List;

/** A running node as its REST interface sees it. */
final class NodeManagement implements ManagedNode {
    private final NodeMemory memory;
    private final NodeControl control;
    private final NodeApplications applications;
    private final SnapshotReader reader;

    NodeManagement(NodeMemory memory, NodeControl control, NodeApplications applications) {
        this.applications = applications;
        this.memory = memory;
        this.control = control;
        this.reader = new SnapshotReader(memory);
    }

    @Override
    public synchronized NodeSnapshot snapshot() {
        return reader.read();
    }

    @Override
    public List<GenerationView> generations() {
        List<Generation> generations = control.generations();
        long active = generations.isEmpty() ? 0 : generations.getFirst().number();
        return generations.stream()
                .map(each -> view(each, each.number() == active))
                .toList();
    }

    @Override
    public String configurationText() {
        return control.wanted().text();
    }

    @Override
    public List<String> applications() {
        return applications.names();
    }

    @Override
    public ApplicationAnswer ask(String name, String method, String path, String body) throws RefusedException {
        return applications.ask(name, method, path, body);
    }

    /** Something that may be refused. */
    private interface Change {
        Generation make() throws ConfigurationException, ConfigurationRefusedException, UnknownNameException;
    }

    private static GenerationView changed(Change change) throws RefusedException {
        try {
            return view(change.make(), true);
        } catch (ConfigurationException e) {
            throw refused(RefusedException.Kind.INVALID, e);
        } catch (ConfigurationRefusedException e) {
            throw refused(RefusedException.Kind.CONFLICT, e);
        } catch (UnknownNameException e) {
            throw refused(RefusedException.Kind.UNKNOWN, e);
        }
    }

    private static RefusedException refused(RefusedException.Kind kind, Exception cause) {
        return new RefusedException(kind, String.valueOf(cause.getMessage()));
    }

    @Override
    public GenerationView apply(String fileName, String yaml) throws RefusedException {
        return changed(() -> control.apply(parse(fileName, yaml), yaml, "apply " + fileName));
    }

    private NodeConfiguration parse(String fileName, String yaml) throws ConfigurationException {
        NodeConfiguration configuration = ConfigurationLoader.parse(fileName, yaml);
        ApplicationLoader.check(configuration, control.wanted().configuration().applications());
        return configuration;
    }

    @Override
    public Preview preview(String fileName, String yaml) throws RefusedException {
        ConfigurationTable.Previewed previewed;
        try {
            previewed = control.preview(parse(fileName, yaml), yaml);
        } catch (ConfigurationException e) {
            throw refused(RefusedException.Kind.INVALID, e);
        } catch (ConfigurationRefusedException e) {
            throw refused(RefusedException.Kind.CONFLICT, e);
        }
        MovedConnections moved = previewed.before() == null
                ? new MovedConnections(0, 0, 0, List.of())
                : MovedConnections.between(
                        previewed.before(),
                        previewed.after(),
                        memory.connections4(),
                        memory.connections6(),
                        memory.map().nowMs());
        return new Preview(
                previewed.diff().changes(),
                moves(previewed.diff()),
                moved.live(),
                moved.moved(),
                moved.orphaned(),
                moved.examples().stream()
                        .map(each -> new Preview.MovedConnection(each.client(), each.service(), each.from(), each.to()))
                        .toList());
    }

    @Override
    public GenerationView rollback(long generation) throws RefusedException {
        return changed(() -> control.rollback(generation));
    }

    @Override
    public GenerationView drain(String server, boolean drain) throws RefusedException {
        return changed(() -> control.drain(server, drain));
    }

    @Override
    public GenerationView setWeight(String service, String server, int weight) throws RefusedException {
        return changed(() -> control.weight(service, server, weight));
    }

    @Override
    public void report(byte[] datagram) throws RefusedException {
        ReportVerifier.Verdict verdict = control.report(datagram);
        if (verdict.outcome() != ReportOutcome.ACCEPTED) {
            throw new RefusedException(kind(verdict.outcome()), verdict.reason());
        }
    }

    private static RefusedException.Kind kind(ReportOutcome outcome) {
        return switch (outcome.httpStatus()) {
            case 404 -> RefusedException.Kind.UNKNOWN;
            case 409 -> RefusedException.Kind.CONFLICT;
            case 429 -> RefusedException.Kind.LIMITED;
            default -> RefusedException.Kind.INVALID;
        };
    }

    private static GenerationView view(Generation generation, boolean active) {
        return new GenerationView(
                generation.number(),
                generation.epochMs(),
                generation.cause(),
                generation.diff().changes(),
                moves(generation.diff()),
                active);
    }

    private static List<MoveView> moves(ConfigurationDiff diff) {
        return diff.moves().stream()
                .map(each -> new MoveView(each.service(), each.family(), each.share()))
                .toList();
    }
}

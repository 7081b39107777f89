package io.weir.node.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.management.model.NodeSnapshot;
import io.weir.management.model.NodeSnapshot.DropView;
import io.weir.management.model.NodeSnapshot.InterfaceView;
import io.weir.management.model.NodeSnapshot.LoadView;
import io.weir.management.model.NodeSnapshot.MemberView;
import io.weir.management.model.NodeSnapshot.ProcessorView;
import io.weir.management.model.NodeSnapshot.ServerView;
import io.weir.management.model.NodeSnapshot.ServiceView;
import io.weir.node.text.Cells;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopFrameTest {
    private static final Look BLOCKS = new Look(true);
    private static final Life RUNNING = new Life(Life.State.RUNNING, 100);

    private static ServerView server(int n, String name, String health, long opened, double index) {
        return new ServerView(
                n,
                name,
                List.of("10.1.0." + n, "fd01::" + n),
                List.of(),
                health,
                health.equals("down") ? "connection refused" : "",
                "enabled",
                n * 10L,
                opened,
                0,
                0,
                0,
                opened,
                250,
                1200,
                index < 0 ? null : new LoadView("agent", 1200, false, index, 12, index, 0.4, 8.5, 240));
    }

    private static NodeSnapshot node(long generation, long atMs, long opened, List<ServerView> servers) {
        List<MemberView> members = new ArrayList<>();
        for (ServerView s : servers) {
            members.add(new MemberView(s.name(), 100, generation == 1 ? 100 : 50, 1.0 / servers.size(), 8080));
        }
        return new NodeSnapshot(
                "demo",
                4711,
                true,
                1_000_000 + atMs,
                3_720_000,
                generation,
                generation == 1 ? "start weir.yaml" : "load",
                900_000,
                List.of(
                        new ProcessorView(0, true, generation, opened, opened * 10, 5),
                        new ProcessorView(1, false, 0, 0, 0, 0)),
                List.of(new InterfaceView(1, "ext0", List.of("10.9.0.1/24"), opened * 10, opened * 1000, 5, 500, 1)),
                List.of(new ServiceView(
                        1, "web", List.of("10.9.0.100"), "tcp", 80, "nat", "maglev", "even-load", 42, opened, members)),
                servers,
                List.of(new DropView("no-route", "no route to the destination", opened / 10)),
                Map.of("packets-received", opened * 10, "packets-dropped", opened / 10),
                4096,
                4000);
    }

    /** Two looks, two seconds apart, with 1,000 connections between them. */
    private static Sample sample(List<ServerView> before, List<ServerView> now) {
        return Sample.first(node(1, 0, 1000, before), RUNNING).next(node(2, 2000, 2000, now), RUNNING);
    }

    private static Sample sample() {
        return sample(
                List.of(
                        server(1, "5-1", "up", 400, 0.3),
                        server(2, "5-2", "up", 600, 0.9),
                        server(3, "5-3", "down", 0, -1)),
                List.of(
                        server(1, "5-1", "up", 700, 0.3),
                        server(2, "5-2", "up", 1300, 0.9),
                        server(3, "5-3", "down", 0, -1)));
    }

    private static List<String> text(Sample sample, TopState state, int rows, int columns) {
        return TopFrame.of(sample, state, rows, columns, BLOCKS).lines().stream()
                .map(Line::text)
                .toList();
    }

    private static TopState view(TopView view) {
        return TopState.of(view, 1000);
    }

    @ParameterizedTest
    @CsvSource({"24,80", "50,200", "10,40", "14,60", "5,20", "3,10", "2,200", "1,1"})
    void every_view_fits_every_screen(int rows, int columns) {
        for (TopView view : TopView.values()) {
            for (TopState state : List.of(
                    view(view),
                    view(view).after(Key.of('?')),
                    view(view).after(Key.of('/')),
                    view(view).filter("5-"))) {
                TopFrame frame = TopFrame.of(sample(), state, rows, columns, BLOCKS);

                assertThat(frame.lines()).as(view.title()).hasSize(rows);
                assertThat(frame.lines())
                        .as(view.title())
                        .allSatisfy(line -> assertThat(Cells.width(line.text())).isLessThanOrEqualTo(columns));
            }
        }
    }

    @Test
    void the_usual_screen_shows_what_matters() {
        List<String> lines = text(sample(), view(TopView.SERVERS), 24, 80);

        assertThat(lines.subList(0, 8))
                .containsExactly(
                        "demo  running  pid 4711  up 1 h 2 min  1/2 processors",
                        "generation 2: load  1 min 42 s ago",
                        "packets/s 5.00k  connections/s 500  drops/s 50  live 42  buffers 97 % free",
                        "1 servers 2 services 3 weights 4 interfaces 5 drops 6 processors 7 generations",
                        "server  health  index  share            %  weight  live  new/s   cpu  p99 µs",
                        "5-1     up       0.30  ███▍        33.3 %  50/100    10    150  30 %    1200",
                        "5-2     up       0.90  ███▍        33.3 %  50/100    20    350  90 %    1200",
                        "5-3     DOWN        -  ███▍        33.3 %  50/100    30      0     -    1200");
        assertThat(lines.getLast()).startsWith("? help  q quit  every 1.0 s");
    }

    @Test
    void a_wide_screen_shows_everything() {
        List<String> lines = text(sample(), view(TopView.SERVERS), 50, 250);

        assertThat(lines.get(4)).contains("load", "cpu", "memory", "source", "SYN again", "addresses", "message");
        assertThat(lines.get(6)).contains("█████████    0.90", "agent", "10.1.0.2 fd01::2");
        assertThat(lines.get(7)).contains("connection refused");
    }

    @Test
    void a_narrow_screen_keeps_the_columns_aligned() {
        List<String> lines = text(sample(), view(TopView.SERVERS), 10, 40);

        assertThat(lines.get(0)).isEqualTo("demo  running  generation 2");
        assertThat(lines.get(2)).isEqualTo("1 servers 2 3 4 5 6 7");
        assertThat(lines.get(3)).isEqualTo("server  health  index  live  new/s");
        assertThat(lines.get(4)).isEqualTo("5-1     up       0.30    10    150");
    }

    @Test
    void rows_are_sorted_by_a_column_and_the_heading_says_so() {
        int perSecond = 8;
        TopState down = view(TopView.SERVERS).sort(new TopState.Sort(perSecond, false));
        TopState up = view(TopView.SERVERS).sort(new TopState.Sort(perSecond, true));

        assertThat(text(sample(), down, 24, 80).get(4)).contains("new/s▼");
        assertThat(text(sample(), down, 24, 80).get(5)).startsWith("5-2");
        assertThat(text(sample(), up, 24, 80).get(4)).contains("new/s▲");
        assertThat(text(sample(), up, 24, 80).get(5)).startsWith("5-3");
    }

    @Test
    void what_is_unknown_is_sorted_last_either_way() {
        int index = 3;
        for (boolean reversed : new boolean[] {false, true}) {
            TopState state = view(TopView.SERVERS).sort(new TopState.Sort(index, reversed));
            assertThat(text(sample(), state, 24, 80).get(7)).startsWith("5-3");
        }
    }

    @Test
    void the_column_of_the_order_stays_on_the_narrowest_screen() {
        int message = 22;
        TopState state = view(TopView.SERVERS).sort(new TopState.Sort(message, false));

        assertThat(text(sample(), state, 10, 40).get(3)).contains("message▲");
    }

    @Test
    void a_filter_lists_what_it_finds_and_says_when_that_is_nothing() {
        List<String> found = text(sample(), view(TopView.SERVERS).filter("DOWN"), 24, 80);
        assertThat(found.get(5)).startsWith("5-3");
        assertThat(found.get(6)).isEmpty();
        assertThat(found.getLast()).startsWith("filter 'DOWN', Esc clears it");

        assertThat(text(sample(), view(TopView.SERVERS).filter("zebra"), 24, 80).get(5))
                .isEqualTo("nothing here has 'zebra'");
    }

    @Test
    void a_long_list_scrolls_to_its_end_and_no_further() {
        List<ServerView> many = IntStream.rangeClosed(1, 100)
                .mapToObj(n -> server(n, "s" + n, "up", 10, -1))
                .toList();
        TopFrame frame =
                TopFrame.of(sample(many, many), view(TopView.SERVERS).after(Key.of(Key.Kind.LAST)), 24, 80, BLOCKS);

        assertThat(frame.lines().get(22).text()).startsWith("s100");
        assertThat(frame.lines().getLast().text()).startsWith("83-100 of 100");
        assertThat(frame.state().offset()).isEqualTo(82);
    }

    @Test
    void wide_characters_do_not_shift_what_follows() {
        List<ServerView> servers = List.of(server(1, "服务器一", "up", 1, -1), server(2, "s2", "up", 1, -1));
        List<String> lines = text(sample(servers, servers), view(TopView.SERVERS), 24, 80);

        assertThat(lines.get(5)).startsWith("服务器一  up");
        assertThat(lines.get(6)).startsWith("s2        up");
    }

    @Test
    void a_server_cannot_write_on_the_screen() {
        List<ServerView> servers = List.of(server(1, "\033[2J\nx", "up", 1, -1));
        String ansi = TopFrame.of(sample(servers, servers), view(TopView.SERVERS), 24, 80, BLOCKS).lines().stream()
                .map(line -> line.ansi(true))
                .reduce("", String::concat);

        assertThat(ansi).doesNotContain("\033[2J").doesNotContain("\n");
    }

    @Test
    void a_dead_node_is_shown_as_it_was_and_said_to_be_dead() {
        Sample dead = Sample.first(node(1, 0, 1000, List.of()), new Life(Life.State.ENDED, 75_000));
        Sample stuck = Sample.first(node(1, 0, 1000, List.of()), new Life(Life.State.STUCK, 5000));

        assertThat(text(dead, view(TopView.SERVERS), 24, 80).getFirst()).startsWith("demo  ENDED 1 min 15 s ago");
        assertThat(text(stuck, view(TopView.SERVERS), 24, 80).getFirst()).startsWith("demo  STUCK for 5 s");
        assertThat(text(dead, view(TopView.SERVERS), 24, 80).get(5)).isEqualTo("no servers");
    }

    @Test
    void the_other_views_list_what_they_name() {
        assertThat(text(sample(), view(TopView.SERVICES), 24, 120).get(5))
                .startsWith("web      tcp/80    maglev     even-load      3/3    42    500");
        assertThat(text(sample(), view(TopView.WEIGHTS), 24, 120).get(5))
                .startsWith("web      5-1            100      50  ███▍        33.3 %  up");
        assertThat(text(sample(), view(TopView.INTERFACES), 24, 120).get(5))
                .startsWith("ext0          5.00k     4.00M          0          0          0");
        assertThat(text(sample(), view(TopView.DROPS), 24, 120).get(5))
                .startsWith("no-route            50      200  no route to the destination");
        assertThat(text(sample(), view(TopView.PROCESSORS), 24, 120).get(6)).startsWith("        1  not running");
        List<String> generations = text(sample(), view(TopView.GENERATIONS), 24, 160);
        assertThat(generations.get(5)).contains("load", "web/5-1 weight 100 → 50, share 33.3 % → 33.3 %");
        assertThat(generations.get(6)).contains("start weir.yaml");
    }

    @Test
    void without_colours_no_colour_is_sent() {
        for (Line line :
                TopFrame.of(sample(), view(TopView.SERVERS), 24, 80, BLOCKS).lines()) {
            assertThat(line.ansi(false)).doesNotContainPattern("\033\\[[0-9;]*3[0-9]m");
        }
        assertThat(TopFrame.of(sample(), view(TopView.SERVERS), 24, 80, BLOCKS)
                        .lines()
                        .get(5)
                        .ansi(true))
                .contains("\033[32mup");
    }

    @Test
    void without_block_characters_bars_are_of_ascii() {
        List<Line> plain = TopFrame.plain(sample(), view(TopView.SERVERS), new Look(false));

        assertThat(plain.get(6).text()).contains("#########");
        assertThat(plain).allSatisfy(l -> assertThat(l.text().replace("µ", "u")).matches("\\p{ASCII}*"));
    }

    @Test
    void a_node_that_started_anew_has_no_rates_yet() {
        NodeSnapshot first = node(1, 0, 1000, List.of());
        NodeSnapshot anew = new NodeSnapshot(
                "demo",
                4712,
                true,
                1_002_000,
                10,
                1,
                "start",
                0,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of("packets-received", 5L),
                1,
                1);

        Sample sample = Sample.first(first, RUNNING).next(anew, RUNNING);

        assertThat(sample.counter("packets-received")).isNaN();
    }
}

package io.weir.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.agent.report.AgentCheckText.Administrative;
import io.weir.agent.report.AgentCheckText.State;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AgentCheckTextTest {
    @Test
    void each_word_of_the_protocol_is_understood() {
        assertThat(parse("75%\n").weightPercent()).hasValue(75);
        assertThat(parse("0%\n").weightPercent()).hasValue(0);
        assertThat(parse("200%\r\n").weightPercent()).hasValue(200);
        assertThat(parse("up\n").state()).contains(State.UP);
        assertThat(parse("down\n").state()).contains(State.DOWN);
        assertThat(parse("fail\n").state()).contains(State.FAIL);
        assertThat(parse("stopped\n").state()).contains(State.STOPPED);
        assertThat(parse("ready\n").administrative()).contains(Administrative.READY);
        assertThat(parse("drain\n").administrative()).contains(Administrative.DRAIN);
        assertThat(parse("maint\n").administrative()).contains(Administrative.MAINT);
        assertThat(parse("maxconn:30\n").maxConnections()).hasValue(30);
    }

    @Test
    void words_come_in_any_order_and_case_between_blanks_tabs_and_commas_with_a_description_at_the_end() {
        assertThat(parse(" UP,75%\tReady , MAXCONN:30 #  all is well, 5% #1 \r\nignored down\n"))
                .isEqualTo(new AgentCheckText(
                        OptionalInt.of(75),
                        Optional.of(State.UP),
                        Optional.of(Administrative.READY),
                        OptionalInt.of(30),
                        "all is well, 5% #1",
                        ""));
    }

    @Test
    void what_is_not_mentioned_stays_empty_and_the_last_word_of_a_kind_counts() {
        AgentCheckText text = parse("up down 10% 20%\n");

        assertThat(text.state()).contains(State.DOWN);
        assertThat(text.weightPercent()).hasValue(20);
        assertThat(text.administrative()).isEmpty();
        assertThat(text.maxConnections()).isEmpty();
        assertThat(parse("\n").isEmpty()).isTrue();
    }

    @Test
    void a_line_without_its_end_is_ignored_with_a_warning() {
        assertThat(parse("up maxconn:3").isEmpty()).isTrue();
        assertThat(parse("up maxconn:3").warning()).contains("\"up maxconn:3\" has no end of line");
        assertThat(parse("").isEmpty()).isTrue();
        assertThat(parse("u".repeat(AgentCheckText.MAX_LINE) + "\nup\n").isEmpty())
                .isTrue();
    }

    @Test
    void words_that_are_none_are_named_and_leave_the_others_valid() {
        AgentCheckText text = parse("up 50% perhaps nonsense\n");

        assertThat(text.weightPercent()).hasValue(50);
        assertThat(text.warning()).isEqualTo("\"perhaps\" is no word of the agent-check protocol");
        for (String bad : new String[] {"-5%", "7.5%", "%", "99999%", "9999999999%", "maxconn:", "maxconn:-1", "50"}) {
            assertThat(parse(bad + "\n").isEmpty()).as(bad).isTrue();
            assertThat(parse(bad + "\n").warning()).as(bad).contains(bad);
        }
    }

    @Test
    void a_description_is_bounded_and_printable() {
        assertThat(parse("down # a\u0007b\u00e9\n").message()).isEqualTo("a?b?");
        assertThat(parse("down #" + "x".repeat(500) + "\n").message()).hasSize(AgentCheckText.MAX_MESSAGE);
    }

    private static AgentCheckText parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return AgentCheckText.parse(bytes, bytes.length);
    }
}

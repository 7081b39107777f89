package io.weir.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private final Settings settings = Settings.of(Map.of(
            "ttl",
            "300",
            "wait",
            "20ms",
            "names",
            Map.of("a.example", List.of("192.0.2.1", "192.0.2.2")),
            "on",
            "yes"));

    @Test
    void values_have_the_form_that_is_asked_for() throws SettingsException {
        assertThat(settings.number("ttl", 0, 1000, 7)).isEqualTo(300);
        assertThat(settings.number("other", 0, 1000, 7)).isEqualTo(7);
        assertThat(settings.milliseconds("wait", 5)).isEqualTo(20);
        assertThat(settings.section("names").list("a.example")).containsExactly("192.0.2.1", "192.0.2.2");
        assertThat(settings.section("none").names()).isEmpty();
    }

    @Test
    void a_wrong_value_is_refused_by_its_path() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> settings.number("ttl", 0, 100, 7))
                .withMessageContaining("ttl: \"300\" is no whole number within 0..100");
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> settings.section("names").text("a.example", ""))
                .satisfies(e -> assertThat(e.setting()).isEqualTo("names.a.example"));
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> settings.flag("on", false))
                .withMessageContaining("neither true nor false");
        assertThatExceptionOfType(SettingsException.class).isThrownBy(() -> settings.milliseconds("ttl", 1));
        assertThatExceptionOfType(SettingsException.class).isThrownBy(() -> settings.section("ttl"));
    }

    @Test
    void a_name_nobody_asked_for_is_refused_with_those_there_are() throws SettingsException {
        settings.number("ttl", 0, 1000, 7);
        settings.milliseconds("wait", 5);
        settings.section("names");
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(settings::refuseOthers)
                .withMessageContaining("on: there is no such setting; there are: names, ttl, wait");
        settings.text("on", "");
        settings.refuseOthers();
    }

    @Test
    void a_version_runs_what_was_built_for_it_or_an_earlier_minor_one() {
        SpiVersion node = new SpiVersion(1, 2);
        assertThat(node.runs(SpiVersion.parse("1.0"))).isTrue();
        assertThat(node.runs(SpiVersion.parse(" 1.2 "))).isTrue();
        assertThat(node.runs(SpiVersion.parse("1.3"))).isFalse();
        assertThat(node.runs(SpiVersion.parse("2.0"))).isFalse();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> SpiVersion.parse("one"))
                .withMessageContaining("\"one\" is no version like 1.0");
    }

    @Test
    void a_plan_has_unique_plain_names_within_limits() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ApplicationPlan(List.of("Echoes sent"), List.of()));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new ApplicationPlan(List.of("a", "a"), List.of()));
        assertThat(ApplicationControl.Answer.error(409, "a \"b\"\n").json())
                .isEqualTo("{\"error\":\"a \\\"b\\\"\\u000a\"}");
    }
}

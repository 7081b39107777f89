package io.weir.control.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextMatchTest {
    @Test
    void an_expression_is_found_anywhere() {
        assertThat(TextMatch.problem("status.*ok", "{\"status\": \"ok\"}")).isEmpty();
        assertThat(TextMatch.problem("down", "up")).isEqualTo("without a match of \"down\"");
    }

    @Test
    void exponential_work_is_given_up() {
        assertThat(TextMatch.problem("^(a|aa)+\\1$", "a".repeat(60) + "b")).contains("takes too long");
        assertThat(TextMatch.problem("^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(5000)))
                .contains("takes too long");
    }

    @Test
    void a_deep_recursion_is_given_up() {
        assertThat(TextMatch.problem("(a|b)*c", "ab".repeat(32 << 10))).contains("takes too long");
    }

    @Test
    void a_broken_expression_is_named() {
        assertThat(TextMatch.problem("(", "x")).contains("is no regular expression");
    }
}

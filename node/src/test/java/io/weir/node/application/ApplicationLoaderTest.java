package io.weir.node.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.weir.application.ApplicationContext;
import io.weir.application.ApplicationControl;
import io.weir.application.Claim;
import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationLoader;
import io.weir.control.configuration.NodeConfiguration;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jars made here by a compiler, right ones and wrong ones. */
class ApplicationLoaderTest {
    private static final String PLAN = "return new ApplicationPlan(List.of(\"seen\"), List.of(\"odd\"), 64, 5);";

    @TempDir
    private Path folder = Path.of("/");

    private static NodeConfiguration configuration(String application) throws ConfigurationException {
        return ConfigurationLoader.parse("weir.yaml", """
            interfaces: [{name: eth0, addresses: [198.51.100.1/24]}]
            applications:
              - name: mirror
                listen: [{addresses: [198.51.100.10], protocol: both, ports: 7-9}]
            %s
            """.formatted(application.indent(4)));
    }

    /** What is said of an application of this type in this jar, the settings in line 7. */
    private String refused(Path jar, String more) throws ConfigurationException {
        NodeConfiguration configuration = configuration("type: mirror\njar: " + jar + "\n" + more);
        ConfigurationException e =
                catchThrowableOfType(ConfigurationException.class, () -> ApplicationLoader.load(configuration));
        assertThat(e).as("refused").isNotNull();
        assertThat(e.problems()).hasSize(1);
        return Objects.requireNonNull(e.getMessage()).replace(folder.toString(), "FOLDER");
    }

    private TestJar jar() {
        return new TestJar(folder);
    }

    @Test
    void an_application_in_a_jar_is_loaded_with_its_plan() throws Exception {
        Path jar = jar().provider("Mirror", "mirror", PLAN)
                .provider("Other", "other", PLAN)
                .write("mirror.jar");

        try (LoadedApplications loaded =
                ApplicationLoader.load(configuration("type: mirror\njar: " + jar + "\nsettings: {a: b}"))) {
            LoadedApplication mirror = loaded.all().getFirst();
            assertThat(mirror.name()).isEqualTo("mirror");
            assertThat(mirror.id()).isEqualTo(4);
            assertThat(mirror.plan().counters()).containsExactly("seen");
            assertThat(mirror.settings().text("a", "")).isEqualTo("b");
            assertThat(mirror.claims())
                    .containsExactly(
                            new Claim(InetAddress.getByName("198.51.100.10"), Claim.TCP, 7, 9),
                            new Claim(InetAddress.getByName("198.51.100.10"), Claim.UDP, 7, 9));
            ApplicationContext context = new ApplicationContext(
                    mirror.settings(), mirror.claims(), 0, 1, (counter, amount) -> {}, MemorySegment.NULL);
            ApplicationControl control = mirror.provider().control(context);
            assertThat(Objects.requireNonNull(control).handle("GET", "x", "").json())
                    .contains("\"path\":\"x\"");
            // Its classes are its own.
            assertThat(mirror.provider().getClass().getClassLoader()).isInstanceOf(URLClassLoader.class);
        }
    }

    @Test
    void an_application_sees_the_interface_of_applications_and_nothing_else_of_weir() throws Exception {
        Path jar = jar().provider(
                        "Mirror",
                        "mirror",
                        "try { Class.forName(\"io.weir.node.Main\"); } catch (ClassNotFoundException e) {"
                                + " throw new SettingsException(\"\", \"nothing of \" + e.getMessage()); } " + PLAN)
                .write("mirror.jar");

        assertThat(refused(jar, "")).contains("nothing of io.weir.node.Main");
    }

    @Test
    void a_shipped_application_is_found_by_its_type() throws Exception {
        Path jar = jar().provider("Mirror", "mirror", PLAN)
                .provider("Other", "other", PLAN)
                .write("shipped.jar");
        try (URLClassLoader shipped =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ApplicationLoader.class.getClassLoader())) {
            assertThat(ApplicationLoader.load(configuration("type: mirror"), shipped)
                            .all())
                    .hasSize(1);
            assertThat(catchThrowableOfType(
                            ConfigurationException.class,
                            () -> ApplicationLoader.load(configuration("type: miror"), shipped)))
                    .hasMessageStartingWith(
                            "weir.yaml:5:11: application mirror: type miror is unknown; weir comes with ")
                    .hasMessageContaining("mirror, other")
                    .hasMessageEndingWith("(did you mean mirror?)");
            assertThat(catchThrowableOfType(
                            ConfigurationException.class,
                            () -> ApplicationLoader.load(configuration("type: something-else"), shipped)))
                    .hasMessageEndingWith("(others need jar: PATH)");
        }
    }

    @Test
    void a_jar_that_is_none_is_refused() throws Exception {
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");

        assertThat(refused(folder.resolve("no.jar"), ""))
                .isEqualTo("weir.yaml:6:10: application mirror: FOLDER/no.jar: there is no such file");
        assertThat(refused(folder, ""))
                .isEqualTo("weir.yaml:6:10: application mirror: FOLDER is no file (name the jar)");
        assertThat(refused(text, "")).startsWith("weir.yaml:6:10: application mirror: FOLDER/text.jar is no jar: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | does not say for which version of the interface of applications it was built (its manifest needs"
                        + " Weir-Application-SPI: 1.0)",
                "one | Weir-Application-SPI in its manifest: \"one\" is no version like 1.0 (write"
                        + " Weir-Application-SPI: 1.0)",
                "2.0 | was built for version 2.0 of the interface of applications, but this weir has 1.0 (build it for"
                        + " 1.0)",
                "0.9 | was built for version 0.9 of the interface of applications, but this weir has 1.0 (build it for"
                        + " 1.0)",
                "1.1 | was built for version 1.1 of the interface of applications, but this weir has 1.0 (use a newer"
                        + " weir, or build it for 1.0)",
            })
    void a_jar_for_another_version_is_refused(String version, String message) throws Exception {
        Path jar = jar().provider("Mirror", "mirror", PLAN).version(version).write("mirror.jar");

        assertThat(refused(jar, ""))
                .startsWith("weir.yaml:6:10: application mirror: FOLDER/mirror.jar")
                .endsWith(message);
    }

    @Test
    void a_jar_without_the_provider_is_refused() throws Exception {
        assertThat(refused(jar().write("empty.jar"), ""))
                .isEqualTo("weir.yaml:6:10: application mirror: FOLDER/empty.jar has no application:"
                        + " META-INF/services/io.weir.application.ApplicationProvider is missing (it names the"
                        + " class that implements ApplicationProvider)");
        assertThat(refused(jar().provider("Miror", "miror", PLAN).write("other.jar"), ""))
                .isEqualTo("weir.yaml:5:11: application mirror: type mirror is unknown; FOLDER/other.jar has miror (did"
                        + " you mean miror?)");
        assertThat(refused(
                        jar().provider("A", "mirror", PLAN)
                                .provider("B", "mirror", PLAN)
                                .write("two.jar"),
                        ""))
                .isEqualTo(
                        "weir.yaml:6:10: application mirror: there are 2 providers of type mirror: test.A, test.B (keep"
                                + " one)");
    }

    @Test
    void a_provider_that_cannot_be_made_is_refused() throws Exception {
        assertThat(refused(jar().service("test.Nobody").write("nobody.jar"), ""))
                .startsWith("weir.yaml:6:10: application mirror: its provider cannot be made:")
                .contains("test.Nobody not found");
        assertThat(refused(jar().service("two words").write("words.jar"), "")).contains("cannot be made");
        assertThat(refused(
                        jar().source("Plain", "package test; public class Plain {}")
                                .service("test.Plain")
                                .write("plain.jar"),
                        ""))
                .contains("test.Plain not a subtype");
        assertThat(refused(
                        jar().provider("Mirror", "mirror", PLAN)
                                .without("Mirror")
                                .write("left.jar"),
                        ""))
                .contains("test.Mirror not found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throw new IllegalStateException(\"bad luck\"); | 5:11 | its plan cannot be made:"
                        + " java.lang.IllegalStateException: bad luck",
                "new Missing(); return null; | 5:11 | its plan cannot be made: java.lang.NoClassDefFoundError:"
                        + " test/Missing",
                "return plan(settings, claims); | 5:11 | its plan cannot be made: java.lang.StackOverflowError",
                "return null; | 5:11 | it has no plan",
                "return new ApplicationPlan(List.of(\"Not Good\"), List.of()); | 5:11 | its plan cannot be made:"
                        + " java.lang.IllegalArgumentException: counters",
                "return new ApplicationPlan(List.of(), List.of(), 1L << 40, 0); | 7:15 | it wants 1099511627776 bytes"
                        + " of shared memory > 1073741824 (ask for less in its settings)",
                "settings.number(\"limit\", 1, 5, 1); return null; | 7:23 | limit: \"10\" is no whole number within"
                        + " 1..5",
                "settings.section(\"names\").flag(\"x\", true); return null; | 7:38 | names.x: \"y\" is neither true"
                        + " nor false",
                "settings.number(\"limit\", 1, 50, 1); settings.refuseOthers(); return null; | 7:34 | names: there is"
                        + " no such setting; there are: limit",
                "throw new SettingsException(\"other\", \"other: is needed\"); | 7:15 | other: is needed",
                "throw new SettingsException(\"\", \"it is all wrong\"); | 7:15 | it is all wrong",
                "throw SettingsException.ofClaims(claims.size() + \" are too many\"); | 4:13 | 2 are too many",
            })
    void a_plan_that_cannot_be_is_refused_at_its_setting(String plan, String place, String message) throws Exception {
        Path jar = jar().source("Missing", "package test; public class Missing {}")
                .provider("Mirror", "mirror", plan)
                .without("Missing")
                .write("mirror.jar");

        assertThat(refused(jar, "settings: {limit: 10, names: {x: y}}"))
                .startsWith("weir.yaml:" + place + ": application mirror: ")
                .contains(message);
    }

    @Test
    void all_problems_are_named_at_once() throws Exception {
        NodeConfiguration configuration = ConfigurationLoader.parse("weir.yaml", """
            interfaces: [{name: eth0, addresses: [198.51.100.1/24]}]
            applications:
              - {name: a, type: nothing-like-it, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 7}]}
              - {name: b, type: x, jar: /no/such.jar, listen: [{addresses: [198.51.100.10], protocol: udp, ports: 8}]}
            """);

        assertThat(catchThrowableOfType(ConfigurationException.class, () -> ApplicationLoader.load(configuration))
                        .problems())
                .extracting(ConfigurationException.Problem::line)
                .containsExactly(3, 4);
    }

    @Test
    void applications_that_did_not_change_are_not_loaded_again() throws Exception {
        Path jar = jar().provider("Mirror", "mirror", PLAN).write("mirror.jar");
        NodeConfiguration running = configuration("type: mirror\njar: " + jar);
        Files.delete(jar);

        ApplicationLoader.check(configuration("jar: " + jar + "\ntype: mirror"), running.applications());
        assertThat(catchThrowableOfType(
                        ConfigurationException.class,
                        () -> ApplicationLoader.check(
                                configuration("type: mirror\nfallback: reset\njar: " + jar), running.applications())))
                .hasMessageContaining("there is no such file");
    }
}

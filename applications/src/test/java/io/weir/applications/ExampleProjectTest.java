package io.weir.applications;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.application.ApplicationProvider;
import io.weir.application.Packets;
import io.weir.application.SpiVersion;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/applications.md is built by plain javac and jar, and its own tests pass. */
class ExampleProjectTest {
    private static final Path PROJECT = Path.of("..", "docs", "application-example");

    @TempDir
    private Path directory;

    private static void run(String tool, List<String> arguments) {
        int status = ToolProvider.findFirst(tool)
                .orElseThrow()
                .run(System.out, System.err, arguments.toArray(String[]::new));
        assertThat(status).as("%s %s", tool, arguments).isZero();
    }

    private static void compile(Path sources, String classPath, Path target) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-Xlint:all,-path,-processing",
                "-Werror",
                "-proc:none",
                "--release",
                "25",
                "-cp",
                classPath,
                "-d",
                target.toString()));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .forEach(arguments::add);
        }
        run("javac", arguments);
    }

    /** Where the interface's classes are: nothing else is needed to build an application. */
    private static String application() throws URISyntaxException {
        return Path.of(Packets.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
    }

    private Path jar() throws IOException, URISyntaxException {
        Path classes = directory.resolve("classes");
        compile(PROJECT.resolve("src/main/java"), application(), classes);
        Matcher version = Pattern.compile("<Weir-Application-SPI>(.*)</Weir-Application-SPI>")
                .matcher(Files.readString(PROJECT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        Path manifest = Files.writeString(
                directory.resolve("manifest"), SpiVersion.MANIFEST_ATTRIBUTE + ": " + version.group(1) + "\n");
        Path jar = directory.resolve("time.jar");
        run(
                "jar",
                List.of(
                        "--create",
                        "--file",
                        jar.toString(),
                        "--manifest",
                        manifest.toString(),
                        "-C",
                        classes.toString(),
                        ".",
                        "-C",
                        PROJECT.resolve("src/main/resources").toString(),
                        "."));
        return jar;
    }

    @Test
    void the_jar_names_its_version_and_its_provider_is_found() throws Exception {
        Path jar = jar();
        try (JarFile file = new JarFile(jar.toFile())) {
            String version = file.getManifest().getMainAttributes().getValue(SpiVersion.MANIFEST_ATTRIBUTE);
            assertThat(SpiVersion.CURRENT.runs(SpiVersion.parse(version))).isTrue();
        }
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, Packets.class.getClassLoader())) {
            List<String> types = ServiceLoader.load(ApplicationProvider.class, loader).stream()
                    .map(ServiceLoader.Provider::get)
                    .map(ApplicationProvider::type)
                    .toList();
            assertThat(types).contains("time");
        }
    }

    @Test
    void its_own_tests_pass() throws Exception {
        Path jar = jar();
        Path tests = directory.resolve("tests");
        String classPath = jar + File.pathSeparator + System.getProperty("java.class.path");
        compile(PROJECT.resolve("src/test/java"), classPath, tests);
        URL[] path = {jar.toUri().toURL(), tests.toUri().toURL()};
        int run = 0;
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            Class<?> type = loader.loadClass("org.example.time.TimeApplicationTest");
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            for (Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Test.class)) {
                    method.setAccessible(true);
                    call(method, constructor.newInstance());
                    run++;
                }
            }
        }
        assertThat(run).isEqualTo(3);
    }

    private static void call(Method method, Object test) throws IllegalAccessException {
        try {
            method.invoke(test);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method.getName(), e.getCause());
        }
    }

    @Test
    void all_shipped_types_are_found_and_say_what_they_do() {
        List<String> types = new ArrayList<>();
        for (ApplicationProvider provider : ServiceLoader.load(ApplicationProvider.class)) {
            types.add(provider.type());
            assertThat(provider.type()).matches("[a-z0-9]+(-[a-z0-9]+)*");
            assertThat(provider.summary()).isNotBlank().doesNotEndWith(".");
        }
        assertThat(types).contains("dns", "echo", "sorry-page").doesNotHaveDuplicates();
    }
}

package io.weir.node.application;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Compiles applications and packs them into jars, as their authors would. */
public final class TestJar {
    private final Path folder;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> services = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private String version = "1.0";

    /** @param folder to work in */
    public TestJar(Path folder) {
        this.folder = folder;
    }

    /** A provider of a type whose {@code plan} has this body. */
    public TestJar provider(String name, String type, String plan) {
        return source(name, """
            package test;
            import io.weir.application.*;
            import java.util.List;
            public final class %s implements ApplicationProvider {
                public String type() { return "%s"; }
                public String summary() { return "For tests."; }
                public ApplicationPlan plan(Settings settings, List<Claim> claims)
                        throws SettingsException { %s }
                public NetworkApplication create(ApplicationContext context) {
                    return packets -> { for (int i = 0; i < packets.size(); i++) packets.reflect(i); };
                }
                public ApplicationControl control(ApplicationContext context) {
                    return (method, path, body) -> new ApplicationControl.Answer(
                            200, "{\\"method\\":\\"" + method + "\\",\\"path\\":\\"" + path + "\\"}");
                }
            }
            """.formatted(name, type, plan)).service("test." + name);
    }

    /** A class of package {@code test}. */
    public TestJar source(String name, String source) {
        sources.put(name, source);
        return this;
    }

    /** A line of the file with the names of providers. */
    public TestJar service(String line) {
        services.add(line);
        return this;
    }

    /** The version that the manifest names; empty for none. */
    public TestJar version(String value) {
        version = value;
        return this;
    }

    /** Leaves a compiled class out. */
    public TestJar without(String name) {
        left.add(name);
        return this;
    }

    /** Writes the jar. */
    public Path write(String name) throws IOException {
        Path classes = Files.createTempDirectory(folder, "classes");
        compile(classes);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        if (!version.isEmpty()) {
            manifest.getMainAttributes().putValue("Weir-Application-SPI", version);
        }
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> compiled = Files.walk(classes)) {
            for (Path each : compiled.filter(Files::isRegularFile).toList()) {
                String entry = classes.relativize(each).toString();
                if (left.stream().noneMatch(one -> entry.equals("test/" + one + ".class"))) {
                    out.putNextEntry(new JarEntry(entry));
                    out.write(Files.readAllBytes(each));
                }
            }
            if (!services.isEmpty()) {
                out.putNextEntry(new JarEntry("META-INF/services/io.weir.application.ApplicationProvider"));
                out.write(String.join("\n", services).getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private void compile(Path classes) {
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<JavaFileObject> files = new ArrayList<>();
        sources.forEach((name, text) -> files.add(new Source(name, text)));
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        if (!compiler.getTask(said, null, null, options, null, files).call()) {
            throw new AssertionError(said.toString());
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///test/" + name + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}

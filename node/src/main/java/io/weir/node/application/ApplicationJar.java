package io.weir.node.application;

import io.weir.application.ApplicationProvider;
import io.weir.application.SpiVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * A jar with applications, and the class loader of its own in which they live. Of weir they see the interface of applications
 * and nothing else, so that a library in the jar is never mixed with one of weir's.
 */
public final class ApplicationJar implements AutoCloseable {
    private static final String SERVICE = "META-INF/services/" + ApplicationProvider.class.getName();

    private final URLClassLoader loader;

    private ApplicationJar(URLClassLoader loader) {
        this.loader = loader;
    }

    /** A jar that cannot be used; the message says why, the fix how to mend it. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        private final String fix;

        UnusableException(String message, String fix) {
            super(message);
            this.fix = fix;
        }

        String fix() {
            return fix;
        }
    }

    /** Opens a jar that was built for this version of the interface. */
    static ApplicationJar open(Path file) throws UnusableException {
        if (!Files.exists(file)) {
            throw new UnusableException(file + ": there is no such file", "");
        }
        if (!Files.isRegularFile(file)) {
            throw new UnusableException(file + " is no file", "name the jar");
        }
        if (!Files.isReadable(file)) {
            throw new UnusableException(file + " cannot be read", "let the user who runs weir read it");
        }
        try (JarFile jar = new JarFile(file.toFile())) {
            requireVersion(file, jar.getManifest());
            if (jar.getEntry(SERVICE) == null) {
                throw new UnusableException(
                        file + " has no application: " + SERVICE + " is missing",
                        "it names the class that implements ApplicationProvider");
            }
            return new ApplicationJar(new URLClassLoader(
                    "application " + file.getFileName(), new URL[] {file.toUri().toURL()}, new Parent()));
        } catch (IOException | SecurityException e) {
            throw new UnusableException(file + " is no jar: " + e.getMessage(), "");
        }
    }

    private static void requireVersion(Path file, @Nullable Manifest manifest) throws UnusableException {
        String wanted = SpiVersion.MANIFEST_ATTRIBUTE + ": " + SpiVersion.CURRENT;
        String text = manifest == null
                ? null
                : manifest.getMainAttributes().getValue(new Attributes.Name(SpiVersion.MANIFEST_ATTRIBUTE));
        if (text == null) {
            throw new UnusableException(
                    file + " does not say for which version of the interface of applications it was built",
                    "its manifest needs " + wanted);
        }
        SpiVersion built;
        try {
            built = SpiVersion.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UnusableException(
                    file + ": " + SpiVersion.MANIFEST_ATTRIBUTE + " in its manifest: " + e.getMessage(),
                    "write " + wanted);
        }
        if (!SpiVersion.CURRENT.runs(built)) {
            boolean isNewer = built.major() == SpiVersion.CURRENT.major();
            throw new UnusableException(
                    file + " was built for version " + built + " of the interface of applications, but this weir has "
                            + SpiVersion.CURRENT,
                    isNewer
                            ? "use a newer weir, or build it for " + SpiVersion.CURRENT
                            : "build it for " + SpiVersion.CURRENT);
        }
    }

    ClassLoader loader() {
        return loader;
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The platform, and of weir the interface of applications. */
    private static final class Parent extends ClassLoader {
        private static final String VISIBLE = ApplicationProvider.class.getPackageName() + ".";

        private final ClassLoader weir =
                Objects.requireNonNull(ApplicationProvider.class.getClassLoader(), "not of the platform");

        Parent() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(VISIBLE)) {
                return weir.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}

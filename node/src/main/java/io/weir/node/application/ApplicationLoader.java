package io.weir.node.application;

import io.weir.application.ApplicationPlan;
import io.weir.application.ApplicationProvider;
import io.weir.application.Settings;
import io.weir.application.SettingsException;
import io.weir.control.configuration.ApplicationConfiguration;
import io.weir.control.configuration.ConfigurationException;
import io.weir.control.configuration.ConfigurationException.Problem;
import io.weir.control.configuration.NodeConfiguration;
import io.weir.control.configuration.Suggestions;
import io.weir.node.application.ApplicationJar.UnusableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the applications of a configuration and asks each what it needs. Names all problems with their places. */
public final class ApplicationLoader {
    /** Memory that one application may share among its parts. */
    private static final long GREATEST_SHARED = 1L << 30;
    /** A broken file with endless names of providers is not read to its end. */
    private static final int MOST_PROVIDERS = 64;

    private final ClassLoader shipped;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Path, ApplicationJar> jars = new HashMap<>();

    /** @param shipped where the applications are that come with weir */
    private ApplicationLoader(ClassLoader shipped) {
        this.shipped = shipped;
    }

    /** Loads the applications of a configuration. */
    public static LoadedApplications load(NodeConfiguration configuration) throws ConfigurationException {
        return load(configuration, ApplicationLoader.class.getClassLoader());
    }

    static LoadedApplications load(NodeConfiguration configuration, ClassLoader shipped) throws ConfigurationException {
        ApplicationLoader loader = new ApplicationLoader(shipped);
        List<LoadedApplication> loaded = new ArrayList<>();
        for (ApplicationConfiguration each : configuration.applications()) {
            LoadedApplication application = loader.load(each, configuration.applicationId(each.name()));
            if (application != null) {
                loaded.add(application);
            }
        }
        LoadedApplications all =
                new LoadedApplications(loaded, loader.jars.values().stream().toList());
        if (!loader.problems.isEmpty()) {
            all.close();
            throw new ConfigurationException(loader.problems);
        }
        return all;
    }

    /**
     * Says what is wrong with the applications of a configuration; leaves nothing open.
     *
     * @param running the applications of a running node: those that did not change are not looked at, for their jars may
     *     have been replaced meanwhile
     */
    public static void check(NodeConfiguration configuration, List<ApplicationConfiguration> running)
            throws ConfigurationException {
        boolean isSame = configuration.applications().size() == running.size();
        for (int k = 0; isSame && k < running.size(); k++) {
            isSame = configuration.applications().get(k).isSameAs(running.get(k));
        }
        if (!isSame) {
            load(configuration).close();
        }
    }

    private @Nullable LoadedApplication load(ApplicationConfiguration application, int id) {
        ApplicationProvider provider = provider(application);
        ApplicationPlan plan = provider == null ? null : plan(application, provider);
        return provider == null || plan == null ? null : new LoadedApplication(id, application, provider, plan);
    }

    private void problem(ApplicationConfiguration application, String key, String message, String fix) {
        problems.add(application.problem(key, message, fix));
    }

    private @Nullable ApplicationProvider provider(ApplicationConfiguration application) {
        Path file = application.jar();
        if (file == null) {
            return choose(application, "type", shipped);
        }
        ApplicationJar jar = jars.get(file);
        if (jar == null) {
            try {
                jar = ApplicationJar.open(file);
            } catch (UnusableException e) {
                problem(application, "jar", String.valueOf(e.getMessage()), e.fix());
                return null;
            }
            jars.put(file, jar);
        }
        return choose(application, "jar", jar.loader());
    }

    /** The provider of the wanted type among those of a class loader. */
    private @Nullable ApplicationProvider choose(ApplicationConfiguration application, String key, ClassLoader loader) {
        List<ApplicationProvider> found = new ArrayList<>();
        TreeSet<String> types = new TreeSet<>();
        try {
            Iterator<ApplicationProvider> all =
                    ServiceLoader.load(ApplicationProvider.class, loader).iterator();
            for (int k = 0; k < MOST_PROVIDERS && all.hasNext(); k++) {
                ApplicationProvider each = all.next();
                String type = each.type();
                types.add(String.valueOf(type));
                if (application.type().equals(type)) {
                    found.add(each);
                }
            }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            problem(application, key, "its provider cannot be made: " + words(e), "");
            return null;
        }
        if (found.size() > 1) {
            problem(
                    application,
                    key,
                    "there are " + found.size() + " providers of type " + application.type() + ": "
                            + String.join(
                                    ", ",
                                    found.stream()
                                            .map(each -> each.getClass().getName())
                                            .toList()),
                    "keep one");
            return null;
        }
        if (found.isEmpty()) {
            String where = application.jar() == null ? "weir comes with" : application.jar() + " has";
            problem(
                    application,
                    "type",
                    "type " + application.type() + " is unknown; " + where + " "
                            + (types.isEmpty() ? "none" : String.join(", ", types)),
                    Suggestions.closest(application.type(), List.copyOf(types))
                            .map(type -> "did you mean " + type + "?")
                            .orElse(application.jar() == null ? "others need jar: PATH" : ""));
            return null;
        }
        return found.getFirst();
    }

    private @Nullable ApplicationPlan plan(ApplicationConfiguration application, ApplicationProvider provider) {
        ApplicationPlan plan;
        try {
            plan = provider.plan(Settings.of(application.settings()), LoadedApplication.claims(application));
        } catch (SettingsException e) {
            problem(
                    application,
                    e.isOfClaims() ? "listen" : e.setting().isEmpty() ? "settings" : "settings." + e.setting(),
                    String.valueOf(e.getMessage()),
                    "");
            return null;
        } catch (LinkageError | RuntimeException | StackOverflowError e) {
            problem(application, "type", "its plan cannot be made: " + words(e), "");
            return null;
        }
        if (plan == null) {
            problem(application, "type", "it has no plan", "");
            return null;
        }
        if (plan.sharedBytes() > GREATEST_SHARED) {
            problem(
                    application,
                    "settings",
                    "it wants " + plan.sharedBytes() + " bytes of shared memory > " + GREATEST_SHARED,
                    "ask for less in its settings");
            return null;
        }
        return plan;
    }

    /** The error and the causes that say more, on one line. */
    private static String words(Throwable thrown) {
        StringBuilder words = new StringBuilder(thrown.toString());
        Throwable cause = thrown.getCause();
        for (int depth = 0; cause != null && depth < 4; depth++, cause = cause.getCause()) {
            if (words.indexOf(cause.toString()) < 0) {
                words.append(": ").append(cause);
            }
        }
        String line = words.toString().replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= 400 ? line : line.substring(0, 397) + "...";
    }
}

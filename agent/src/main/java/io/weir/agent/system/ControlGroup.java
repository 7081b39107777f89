package io.weir.agent.system;

import io.weir.agent.metric.SourceException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control groups (version 2, Documentation/admin-guide/cgroup-v2.rst of the kernel) whose limits hold for the server: one
 * that is named and all above it that can be seen. In a container with a namespace of its own the topmost is the container.
 */
public final class ControlGroup {
    /** Instead of a path: the group of the agent itself. */
    public static final String SELF = "self";

    private final KernelFiles files;
    private final List<String> folders;
    private final String notice;

    private ControlGroup(KernelFiles files, List<String> folders, String notice) {
        this.files = files;
        this.folders = folders;
        this.notice = notice;
    }

    /**
     * Finds the control groups.
     *
     * @param group path below the mount, such as {@code /} or {@code /system.slice/nginx.service}, or {@link #SELF}
     */
    public static ControlGroup find(KernelFiles files, String group) {
        String mountInfo = files.textIfAny("/proc/self/mountinfo");
        String mount = mountPoint(mountInfo);
        String notice = hasVersion1(mountInfo)
                ? "control groups of version 1 hold CPU or memory here; their limits are not heeded, CPU and memory are"
                        + " those of the whole host"
                : "";
        if (mount == null) {
            return new ControlGroup(files, List.of(), notice);
        }
        String path = group.equals(SELF) ? own(files.textIfAny("/proc/self/cgroup")) : group;
        return new ControlGroup(files, upwards(mount, path), notice);
    }

    /** What people should know about the groups, once; empty when there is nothing. */
    public String notice() {
        return notice;
    }

    /** Folders from the named group up to the topmost. */
    List<String> folders() {
        return folders;
    }

    /** The named group is there; the topmost need not be, for its limits are none then. */
    void requireNamed() throws SourceException {
        if (folders.size() > 1 && !Files.isDirectory(files.path(folders.getFirst()))) {
            throw new SourceException("control group " + folders.getFirst() + ": no such folder");
        }
    }

    private static List<String> upwards(String mount, String path) {
        List<String> folders = new ArrayList<>();
        StringBuilder folder = new StringBuilder(mount);
        folders.add(mount);
        for (String part : path.split("/", -1)) {
            // A group outside the namespace shows as "/.."; what is seen of it is the topmost.
            if (!part.isEmpty() && !part.equals("..") && !part.equals(".")) {
                folders.addFirst(folder.append('/').append(part).toString());
            }
        }
        return folders;
    }

    /** The path in the line {@code 0::PATH}. */
    private static String own(String cgroup) {
        for (String line : cgroup.split("\n", -1)) {
            if (line.startsWith("0::")) {
                return line.substring(3);
            }
        }
        return "/";
    }

    /** Where a cgroup2 file system is mounted (proc_pid_mountinfo(5)). */
    private static @Nullable String mountPoint(String mountInfo) {
        for (String line : mountInfo.split("\n", -1)) {
            int dash = line.indexOf(" - ");
            if (dash > 0 && line.startsWith("cgroup2 ", dash + 3)) {
                String[] fields = line.substring(0, dash).split(" ", -1);
                if (fields.length > 4) {
                    return fields[4].replace("\\040", " ");
                }
            }
        }
        return null;
    }

    /** Whether a hierarchy of version 1 with the controllers of CPU time or memory is mounted. */
    private static boolean hasVersion1(String mountInfo) {
        for (String line : mountInfo.split("\n", -1)) {
            int dash = line.indexOf(" - cgroup ");
            if (dash > 0) {
                String options = "," + line.substring(line.lastIndexOf(' ') + 1) + ",";
                if (options.contains(",memory,") || options.contains(",cpu,")) {
                    return true;
                }
            }
        }
        return false;
    }
}

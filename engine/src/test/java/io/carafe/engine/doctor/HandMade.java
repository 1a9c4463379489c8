package io.carafe.engine.doctor;

import io.carafe.engine.engine.Boxes;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.host.Privileges;
import io.carafe.sandbox.host.UserNamespaces;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A machine that a test makes: everything works on it, until the test says otherwise.
final class HandMade implements Machine {
    Kernel kernel = Kernel.of("6.18.1", "x86_64");
    int uid;
    long capabilities = (1L << 41) - 1;
    Cgroups cgroups = new Cgroups(
            Cgroups.Layout.V2,
            Map.of(),
            "/sys/fs/cgroup",
            List.of("cpu", "cpuset", "hugetlb", "io", "memory", "pids"),
            List.of(),
            "",
            Map.of("", "/user"),
            true,
            "",
            "",
            "");
    List<String> actions = List.of("allow", "errno", "kill_process", "log", "trace", "user_notif");
    List<String> calls = List.of(
            "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr", "statmount", "open_tree_attr");
    List<String> filesystems = List.of("overlay", "tmpfs");

    final Map<String, String> files = new HashMap<>();
    final Map<String, Integer> modes = new HashMap<>();
    final Map<String, Integer> errors = new HashMap<>();
    final Map<Question, Long> answers = new EnumMap<>(Question.class);
    final Map<String, Ran> programs = new HashMap<>();
    final Set<String> capable = new HashSet<>();
    final List<Step> done = new ArrayList<>();

    /// What a box refuses, and with what.
    Predicate<Step> refused = step -> false;

    int refusal = Errno.EPERM;
    boolean boxes = true;

    /// What came of one probe.
    Finding find(String name) {
        List<Finding> found = Doctor.examine(this, List.of(name));
        if (found.size() != 1) {
            throw new AssertionError("no probe " + name);
        }
        return found.getFirst();
    }

    @Override
    public Host host() {
        return new Host(
                kernel,
                new Privileges(uid, uid, 0, capabilities, capabilities, capabilities, 0, 40),
                UserNamespaces.INITIAL,
                cgroups,
                Boxes.HOST.namespaces(),
                filesystems,
                actions,
                calls,
                List.of(),
                2,
                1L << 32,
                7);
    }

    @Override
    public String text(String path) {
        return files.getOrDefault(path, "");
    }

    @Override
    public boolean exists(String path) {
        return files.containsKey(path);
    }

    @Override
    public int open(String path) {
        return errors.getOrDefault(path, 0);
    }

    @Override
    public int mode(String path) {
        return modes.getOrDefault(path, 0666);
    }

    @Override
    public Tried box(List<Step> outside, long namespaces, List<Step> inside) {
        done.addAll(outside);
        done.addAll(inside);
        if (!boxes) {
            return new Tried(refusal, false);
        }
        boolean any = refused.test(new Step.Clone(namespaces, ""))
                || outside.stream().anyMatch(refused)
                || inside.stream().anyMatch(refused);
        return new Tried(any ? refusal : 0, true);
    }

    @Override
    public long ask(Question question) {
        return answers.getOrDefault(question, 0L);
    }

    @Override
    public String program(String name) {
        return programs.containsKey(name) ? "/usr/bin/" + name : "";
    }

    @Override
    public boolean hasFileCapabilities(String path) {
        return capable.contains(path);
    }

    @Override
    public Ran run(String program, String... arguments) {
        String name = program.substring(program.lastIndexOf('/') + 1);
        return programs.getOrDefault(String.join(" ", name, String.join(" ", arguments)), new Ran(-1, ""));
    }

    @Override
    public String user() {
        return uid == 0 ? "root" : "me";
    }

    @Override
    public String dataDirectory() {
        return "/data";
    }
}

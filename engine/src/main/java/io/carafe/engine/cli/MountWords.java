package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The three ways to say a mount: `-v`, `--mount` and `--tmpfs`. Each throws IllegalArgumentException with what is
/// wrong.
final class MountWords {
    /// Options of any mount, as mount(8) has them.
    static final Set<String> OPTIONS = Set.of(
            "ro",
            "rw",
            "nosuid",
            "suid",
            "nodev",
            "dev",
            "noexec",
            "exec",
            "noatime",
            "nodiratime",
            "relatime",
            "strictatime",
            "nosymfollow",
            "symfollow",
            "diratime");

    private static final Set<String> PROPAGATION =
            Set.of("private", "rprivate", "slave", "rslave", "shared", "rshared");

    private MountWords() {}

    /// `SRC:DST[:OPTION,…]`, where SRC is a directory or file if it has a slash in it, else the name of a volume; or
    /// DST alone, for a volume that nobody names.
    static Mount volume(String words, Invocation caller) {
        String[] parts = words.split(":", -1);
        if (parts.length == 1) {
            return VolumeWords.mount("", parts[0], List.of());
        }
        if (parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new IllegalArgumentException(
                    "invalid volume specification: '" + words + "'; write it as SRC:DST[:OPTIONS]");
        }
        if (parts[0].indexOf('/') < 0 && !parts[0].equals(".") && !parts[0].equals("..")) {
            return VolumeWords.mount(
                    parts[0], parts[1], parts.length == 3 ? List.of(parts[2].split(",", -1)) : List.of());
        }
        var options = new ArrayList<String>();
        boolean recursive = true;
        boolean readonly = false;
        boolean overlay = false;
        var kept = new ArrayList<String>();
        for (String option : parts.length == 3 ? parts[2].split(",", -1) : new String[0]) {
            switch (option) {
                case "bind" -> recursive = false;
                case "rbind" -> recursive = true;
                case "ro" -> readonly = true;
                case "rw" -> readonly = false;
                case "O" -> overlay = true;
                case "z", "Z" -> throw new IllegalArgumentException("SELinux labels are not there yet: " + option);
                case "nocopy" ->
                    throw new IllegalArgumentException("nocopy is for a volume: nothing is copied into " + parts[0]);
                case "U" ->
                    throw new IllegalArgumentException(
                            "U is for a volume: a directory of this machine keeps its owners;"
                                    + " idmap shows them as others");
                default -> {
                    if (option.startsWith("upperdir=") || option.startsWith("workdir=")) {
                        int equals = option.indexOf('=') + 1;
                        kept.add(option.substring(0, equals) + CallerPath.absolute(option.substring(equals), caller));
                    } else if (OPTIONS.contains(option) || PROPAGATION.contains(option) || IdMap.is(option)) {
                        options.add(option);
                    } else {
                        throw new IllegalArgumentException("unknown volume option: '" + option + "'");
                    }
                }
            }
        }
        if (overlay) {
            return overlay(parts[0], parts[1], readonly, options, kept, caller);
        }
        if (!kept.isEmpty()) {
            throw new IllegalArgumentException("upperdir and workdir are options of an overlay: say O too");
        }
        return bind(parts[0], parts[1], recursive, readonly, true, options, caller);
    }

    /// Podman's: copy on write over SRC, in memory unless it is said where.
    private static Mount overlay(
            String source,
            String target,
            boolean readonly,
            List<String> options,
            List<String> kept,
            Invocation caller) {
        if (readonly) {
            throw new IllegalArgumentException("what is written over is not read-only: ro or O");
        }
        if (kept.size() == 1) {
            throw new IllegalArgumentException("upperdir and workdir go together");
        }
        var all = new ArrayList<>(options);
        all.addAll(kept);
        return new Mount(target(target), "overlay", CallerPath.absolute(source, caller), all);
    }

    /// `type=bind,src=…,dst=…`, in the form of CSV: a field with a comma stands in double quotes.
    static Mount mount(String words, Invocation caller) {
        var fields = new MountFields();
        for (String field : csv(words)) {
            fields.take(field);
        }
        return switch (fields.type) {
            case "bind" -> {
                if (fields.source.isEmpty()) {
                    throw new IllegalArgumentException("field source must not be empty");
                }
                fields.only("bind");
                yield bind(
                        fields.source,
                        fields.target(),
                        fields.recursive,
                        fields.readonly,
                        fields.readonlyRecursive,
                        fields.options,
                        caller);
            }
            case "tmpfs" -> {
                fields.only("tmpfs");
                if (!fields.source.isEmpty()) {
                    throw new IllegalArgumentException("a tmpfs has no source");
                }
                if (fields.readonly) {
                    fields.options.add("ro");
                }
                yield tmpfs(fields.target(), fields.options);
            }
            case "", "volume" -> {
                fields.only("volume");
                if (fields.readonly) {
                    fields.options.add("ro");
                }
                yield VolumeWords.mount(fields.source, fields.target(), fields.options);
            }
            case "image", "cluster", "npipe", "overlay", "devpts", "ramfs", "glob" ->
                throw new IllegalArgumentException("mount type " + fields.type + " is not there yet");
            default -> throw new IllegalArgumentException("unknown mount type: '" + fields.type + "'");
        };
    }

    /// `PATH[:OPTION,…]`
    static Mount tmpfs(String words) {
        int colon = words.indexOf(':');
        if (colon < 0) {
            return tmpfs(words, List.of());
        }
        return tmpfs(
                words.substring(0, colon), List.of(words.substring(colon + 1).split(",", -1)));
    }

    private static Mount bind(
            String source,
            String target,
            boolean recursive,
            boolean readonly,
            boolean readonlyRecursive,
            List<String> options,
            Invocation caller) {
        var all = new ArrayList<String>();
        all.add(recursive ? "rbind" : "bind");
        if (readonly) { // what is mounted below the source must not stay writable, as with Docker since 25
            all.add(recursive && readonlyRecursive ? "rro" : "ro");
        }
        var ids = new IdMap();
        for (String option : options) {
            all.add(IdMap.is(option) ? ids.take(option) : option);
        }
        boolean propagates = false;
        for (String option : options) {
            propagates |= PROPAGATION.contains(option);
        }
        if (!propagates) {
            all.add("rprivate");
        }
        return new Mount(target(target), "", CallerPath.absolute(source, caller), all, ids.uids, ids.gids);
    }

    /// Podman's `idmap[=uids=0-1000-10#…;gids=…]`, and `ridmap` for what is mounted below the source too.
    private static final class IdMap {
        private List<IdMapping> uids = List.of();
        private List<IdMapping> gids = List.of();

        static boolean is(String option) {
            return name(option).equals("idmap") || name(option).equals("ridmap");
        }

        private static String name(String option) {
            int equals = option.indexOf('=');
            return equals < 0 ? option : option.substring(0, equals);
        }

        /// The option without its maps.
        String take(String option) {
            String name = name(option);
            for (String map : option.equals(name)
                    ? new String[0]
                    : option.substring(name.length() + 1).split(";", -1)) {
                if (map.startsWith("uids=")) {
                    uids = ranges(map.substring("uids=".length()));
                } else if (map.startsWith("gids=")) {
                    gids = ranges(map.substring("gids=".length()));
                } else {
                    throw new IllegalArgumentException(
                            "invalid id mapping '" + map + "'; write it as " + name + "=uids=0-1000-10;gids=0-1000-10");
                }
            }
            if (uids.isEmpty() != gids.isEmpty()) {
                throw new IllegalArgumentException(name + " needs both uids and gids");
            }
            return name;
        }

        private static List<IdMapping> ranges(String words) {
            if (words.startsWith("@")) {
                throw new IllegalArgumentException("an id mapping relative to the box's is not there yet: " + words);
            }
            return IdWords.ofMount(words);
        }
    }

    /// Without set-uid programs, devices and programs at all, unless they are asked for; Docker's.
    private static Mount tmpfs(String target, List<String> options) {
        var all = new ArrayList<>(List.of("nosuid", "nodev", "noexec"));
        for (String option : options) {
            switch (option) {
                case "suid", "dev", "exec" -> all.remove("no" + option);
                case "nosuid", "nodev", "noexec" -> {
                    if (!all.contains(option)) {
                        all.add(option);
                    }
                }
                default -> {
                    if (!OPTIONS.contains(option)) {
                        checkTmpfs(option);
                    }
                    all.add(option);
                }
            }
        }
        return new Mount(target(target), "tmpfs", "tmpfs", all);
    }

    /// tmpfs(5)
    private static void checkTmpfs(String option) {
        int equals = option.indexOf('=');
        String value = equals < 0 ? "" : option.substring(equals + 1);
        boolean valid = switch (equals < 0 ? option : option.substring(0, equals)) {
            case "size", "nr_blocks", "nr_inodes" -> digits(value, "0123456789", "kmgKMG%");
            case "mode" -> digits(value, "01234567", "");
            case "uid", "gid" -> digits(value, "0123456789", "");
            default -> throw new IllegalArgumentException("unknown tmpfs option: '" + option + "'");
        };
        if (!valid) {
            throw new IllegalArgumentException("invalid tmpfs option: '" + option + "'");
        }
    }

    /// Digits, and perhaps one of `suffixes`.
    private static boolean digits(String value, String digits, String suffixes) {
        int end = value.length();
        if (end > 0 && suffixes.indexOf(value.charAt(end - 1)) >= 0) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            if (digits.indexOf(value.charAt(i)) < 0) {
                return false;
            }
        }
        return end > 0;
    }

    static String target(String path) {
        String target = CallerPath.inBox(path);
        if (target.equals("/")) {
            throw new IllegalArgumentException("invalid mount path: '/': that is what the image is for");
        }
        return target;
    }

    private static List<String> csv(String words) {
        var fields = new ArrayList<String>();
        var field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            if (c == '"' && quoted && i + 1 < words.length() && words.charAt(i + 1) == '"') {
                field.append(c);
                i++;
            } else if (c == '"' && (quoted || field.isEmpty())) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote isn't closed: " + words);
        }
        fields.add(field.toString());
        return fields;
    }
}

package io.carafe.engine.cli;

import io.carafe.engine.volume.VolumeName;
import io.carafe.sandbox.spec.Spec.Mount;
import java.util.ArrayList;
import java.util.List;

/// A volume among the mounts that are asked for. What is said of it beside options of a mount has the words
/// of `--mount`: `volume-nocopy` and so on. Each method throws IllegalArgumentException with what is wrong.
final class VolumeWords {
    static final String SUBPATH = "volume-subpath=";

    private VolumeWords() {}

    /// @param name "" for one that nobody names
    static Mount mount(String name, String target, List<String> options) {
        String known = name.isEmpty() ? "" : new VolumeName(name).text();
        var all = new ArrayList<String>();
        for (String option : options) {
            switch (option) {
                case "nocopy" -> all.add("volume-nocopy");
                case "U" -> all.add("volume-owned");
                case "rw", "copy", "private", "rprivate", "rbind", "bind" -> {} // as it is anyway
                case "z", "Z" -> throw new IllegalArgumentException("SELinux labels are not there yet: " + option);
                case "O" ->
                    throw new IllegalArgumentException(
                            "O is for a directory of this machine: a volume keeps what is written");
                default -> {
                    if (!option.startsWith("volume-") && !MountWords.OPTIONS.contains(option)) {
                        throw new IllegalArgumentException("unknown volume option: '" + option + "'");
                    }
                    all.add(option);
                }
            }
        }
        return new Mount(MountWords.target(target), "volume", known, all);
    }

    /// `CONTAINER[:ro]`: what another container has.
    static Mount from(String words) {
        int colon = words.indexOf(':');
        String name = colon < 0 ? words : words.substring(0, colon);
        String mode = colon < 0 ? "rw" : words.substring(colon + 1);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the name of a container is missing");
        }
        return switch (mode) {
            case "ro" -> new Mount("", "volumes-from", name, List.of("ro"));
            case "rw" -> new Mount("", "volumes-from", name, List.of());
            case "z", "Z" -> throw new IllegalArgumentException("SELinux labels are not there yet: " + mode);
            default -> throw new IllegalArgumentException("'" + mode + "' is none of ro and rw");
        };
    }

    /// Where in a volume, as Docker has it: not from above, and not up.
    static String subpath(String path) {
        if (path.isEmpty() || path.startsWith("/")) {
            throw new IllegalArgumentException("subpath '" + path + "' is no path in the volume: write it as a/b");
        }
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                throw new IllegalArgumentException("subpath " + path + " leads out of the volume");
            }
        }
        return path;
    }
}

package io.carafe.engine.volume;

import java.util.Map;

/// What `--opt` says of a volume of the driver `local`: options of mount(8), of which only a bind is ours to give.
/// What else Docker's driver mounts (a tmpfs, NFS) it mounts on the host, for all containers; we mount nothing there.
record VolumeOptions(String source, boolean readOnly) {
    static final VolumeOptions NONE = new VolumeOptions("", false);

    /// @throws IllegalArgumentException if it is something else
    static VolumeOptions of(Map<String, String> options) {
        if (options.isEmpty()) {
            return NONE;
        }
        for (String name : options.keySet()) {
            if (!name.equals("type") && !name.equals("device") && !name.equals("o")) {
                throw new IllegalArgumentException(
                        "unknown option " + name + ": the driver local has type, device and o");
            }
        }
        String type = options.getOrDefault("type", "none");
        boolean bind = false;
        boolean readOnly = false;
        for (String word : options.getOrDefault("o", "").split(",", -1)) {
            switch (word) {
                case "" -> {} // nothing was said
                case "bind", "rbind" -> bind = true;
                case "ro" -> readOnly = true;
                case "rw" -> readOnly = false;
                default ->
                    throw new IllegalArgumentException(
                            "o=" + word + ": of mount options only bind, rbind, ro and rw are there");
            }
        }
        if (type.equals("tmpfs")) {
            throw new IllegalArgumentException("type=tmpfs: memory is each box's own, and gone with it: give the box"
                    + " --tmpfs PATH, or --mount type=tmpfs");
        }
        if (!bind || !(type.equals("none") || type.equals("bind") || type.isEmpty())) {
            throw new IllegalArgumentException("type=" + type + ": nothing is mounted on this machine for a volume;"
                    + " mount it yourself, and say type=none, o=bind and device=DIR");
        }
        String device = options.getOrDefault("device", "");
        if (!device.startsWith("/")) {
            throw new IllegalArgumentException("device=" + device + " is not an absolute path");
        }
        return new VolumeOptions(device, readOnly);
    }
}

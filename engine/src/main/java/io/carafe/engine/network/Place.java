package io.carafe.engine.network;

import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.IpAddress;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Who is on which network now, of one network namespace: a directory for each bridge, in it a file for each
/// address that is somebody's, and `filter` with a file for each box that the packet filter knows. Plans make
/// them, and take them away at the end. What a machine that killed everybody at once has left, is nobody's:
/// its cable is gone.
///
/// @param directory absolute; it needn't be there
record Place(Path directory) {
    private static final String FILTER = "filter";

    /// Between the file and the cable lie milliseconds.
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /// The caller's, whose network namespace is ours.
    static Place ofThisNamespace() throws IOException {
        String name = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString(); // net:[4026531840]
        return new Place(Path.of("/run/carafe/networks", name.replaceAll("\\D", "")));
    }

    /// The directories above that have to be there, and itself.
    List<String> parents() {
        return List.of("/run/carafe", "/run/carafe/networks", directory.toString());
    }

    /// Somebody's address.
    ///
    /// @param box  whose
    /// @param host the end of the cable that is on the bridge
    /// @param known what the box is called
    record Holder(String box, String host, List<String> known) {
        static Holder of(String text) {
            List<String> lines = text.lines().toList();
            List<String> words =
                    lines.isEmpty() ? List.of() : List.of(lines.getFirst().split(" "));
            return new Holder(
                    words.isEmpty() ? "" : words.getFirst(),
                    words.size() < 2 ? "" : words.get(1),
                    lines.size() < 2 ? List.of() : List.of(lines.get(1).split(" ")));
        }
    }

    /// Who has which address.
    Map<String, Holder> holders(String bridge) throws IOException {
        var holders = new TreeMap<String, Holder>();
        files(bridge).forEach((name, text) -> holders.put(name, Holder.of(text)));
        return holders;
    }

    /// What the packet filter does for each box.
    List<Filtering> filterings() throws IOException {
        var filterings = new ArrayList<Filtering>();
        files(FILTER).forEach((name, text) -> {
            try {
                filterings.add(Filtering.of(name, text));
            } catch (IllegalArgumentException e) {
                // half written: whoever writes it tells the filter himself
            }
        });
        return filterings;
    }

    /// What the packet filter does for one; empty if it is on no network.
    Optional<Filtering> filtering(String box) throws IOException {
        try {
            return Optional.of(Filtering.of(box, Files.readString(filterFile(box))));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty(); // it has just ended, or just begins
        }
    }

    Path filterFile(String box) {
        return directory.resolve(FILTER).resolve(box);
    }

    /// Whether that address is somebody's.
    boolean isHeld(String bridge, IpAddress address) {
        return Files.exists(directory.resolve(bridge).resolve(address.toString()));
    }

    /// Whether somebody is on the network with that bridge.
    boolean isInUse(String bridge) {
        return Files.exists(directory.resolve(bridge));
    }

    /// Whether the machine passes packets on since boxes of ours need it. All who do know.
    boolean hasBegunToForward() throws IOException {
        Path filter = directory.resolve(FILTER);
        if (!Files.isDirectory(filter)) {
            return false;
        }
        try (var files = Files.newDirectoryStream(filter)) {
            for (Path file : files) {
                if (Filtering.of("", Files.readString(file)).forwards()) {
                    return true;
                }
            }
        } catch (DirectoryIteratorException | NoSuchFileException | IllegalArgumentException e) {
            return false; // it goes while we look
        }
        return false;
    }

    private Map<String, String> files(String name) throws IOException {
        var texts = new TreeMap<String, String>();
        Path place = directory.resolve(name);
        if (!Files.isDirectory(place)) {
            return texts;
        }
        try (var files = Files.newDirectoryStream(place)) {
            for (Path file : files) {
                try {
                    texts.put(file.getFileName().toString(), Files.readString(file));
                } catch (NoSuchFileException e) {
                    // it goes while we look
                }
            }
        } catch (DirectoryIteratorException | NoSuchFileException e) {
            return texts; // likewise
        }
        return texts;
    }

    /// Takes away what nobody is left for.
    ///
    /// @param interfaces that are there
    /// @return how many addresses are free again
    int reclaim(Set<String> interfaces) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        int freed = 0;
        var living = new HashSet<String>();
        var dead = new HashSet<String>();
        var gone = new ArrayList<Path>();
        Optional<FileLock> lock = FileLock.tryExclusiveOfPresent(directory);
        if (lock.isEmpty()) {
            return 0; // somebody is coming or going just now
        }
        try (var _ = lock.get();
                var bridges = Files.newDirectoryStream(directory, "cf*")) {
            for (Path bridge : bridges) {
                for (Map.Entry<String, Holder> held :
                        holders(bridge.getFileName().toString()).entrySet()) {
                    Path file = bridge.resolve(held.getKey());
                    if (interfaces.contains(held.getValue().host()) || isYoung(file)) {
                        living.add(held.getValue().box());
                    } else {
                        gone.add(file);
                        dead.add(held.getValue().box());
                        freed++;
                    }
                }
            }
            for (Path file : gone) {
                Files.deleteIfExists(file);
            }
            dead.removeAll(living);
            dead.remove("");
            for (String box : dead) {
                Files.deleteIfExists(filterFile(box));
                Files.deleteIfExists(directory.resolve(box + ".undo"));
            }
        }
        return freed;
    }

    /// Takes away the addresses of one whose cables aren't there, however young they are.
    ///
    /// @return false if a cable is there
    boolean forget(String bridge, String box, Set<String> interfaces) throws IOException {
        Optional<FileLock> lock = FileLock.tryExclusiveOfPresent(directory);
        if (lock.isEmpty()) {
            return false; // somebody is coming or going just now
        }
        try (var _ = lock.get()) {
            for (Map.Entry<String, Holder> held : holders(bridge).entrySet()) {
                if (held.getValue().box().equals(box)) {
                    if (interfaces.contains(held.getValue().host())) {
                        return false;
                    }
                    Files.deleteIfExists(directory.resolve(bridge).resolve(held.getKey()));
                }
            }
        }
        return true;
    }

    private static boolean isYoung(Path file) throws IOException {
        try {
            Instant made = Files.readAttributes(file, BasicFileAttributes.class)
                    .lastModifiedTime()
                    .toInstant();
            return made.isAfter(Instant.now().minus(YOUNG));
        } catch (NoSuchFileException e) {
            return true; // it goes while we look
        }
    }
}

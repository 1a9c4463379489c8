package io.carafe.engine.engine;

import io.carafe.engine.layer.ByteString;
import io.carafe.engine.layer.Copying;
import io.carafe.engine.layer.FileLookup;
import io.carafe.engine.layer.FileLookup.Found;
import io.carafe.engine.layer.Packing;
import io.carafe.engine.layer.TarWriter;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.volume.Volume;
import io.carafe.engine.volume.VolumeName;
import io.carafe.engine.volume.Volumes;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Volumes in what was asked for: mounts of the type [#TYPE], whose source is a name, "" for one of the
/// box's own. Here they become binds of directories.
final class VolumeMounts {
    static final String TYPE = "volume";
    /// Of what another container has: [VolumesFrom].
    static final String FROM = "volumes-from";
    static final String NO_COPY = "volume-nocopy";
    static final String OWNED = "volume-owned";
    static final String SUBPATH = "volume-subpath=";
    static final String LABEL = "volume-label=";
    static final String OPTION = "volume-opt=";

    private static final int RANDOM = 32;

    private final Volumes volumes;
    private final Supplier<Host> host;
    private final List<Problem> problems = new ArrayList<>();

    VolumeMounts(Volumes volumes, Supplier<Host> host) {
        this.volumes = volumes;
        this.host = host;
    }

    /// Whether there is a mount of this type.
    static boolean has(RunOptions options, String type) {
        for (Mount mount : options.mounts()) {
            if (mount.type().equals(type)) {
                return true;
            }
        }
        return false;
    }

    /// A name that nobody has chosen: the kernel's own numbers.
    static VolumeName randomName() {
        try (var in = Files.newInputStream(Path.of("/dev/urandom"))) {
            return VolumeName.anonymous(in.readNBytes(RANDOM));
        } catch (IOException e) {
            throw new UncheckedIOException("make up a name for a volume", e);
        }
    }

    /// What a container shall be, with names for its volumes.
    ///
    /// @param made those that were made for it, and go with it
    record Named(RunOptions options, List<String> made) {
        Named {
            made = List.copyOf(made);
        }
    }

    /// Gives a name to each volume that has none, and to each that the image wants and the caller mounts
    /// nothing at: a container has the same ones whenever it starts. They are made now.
    ///
    /// @throws Refused if one can't be had so
    Named named(RunOptions options) {
        share(options);
        var mounts = new ArrayList<Mount>();
        var made = new ArrayList<String>();
        for (Mount mount : options.mounts()) {
            mounts.add(mount.type().equals(TYPE) && mount.source().isEmpty() ? withName(mount, made) : mount);
        }
        for (Mount mount : options.image().presets().mounts(options.mounts(), problems)) {
            mounts.add(withName(new Mount(mount.destination(), TYPE, "", List.of()), made));
        }
        try {
            check();
        } catch (Refused e) {
            discard(made);
            throw e;
        }
        return new Named(options.with(mounts, options.files()), made);
    }

    private Mount withName(Mount mount, List<String> made) {
        VolumeName name = randomName();
        volumes.create(name, words(mount, LABEL), words(mount, OPTION), true);
        made.add(name.text());
        return new Mount(mount.destination(), TYPE, name.text(), mount.options());
    }

    /// Removes volumes that were made for a container, as far as nobody has them.
    void discard(List<String> made) {
        for (String name : made) {
            volumes.discard(new VolumeName(name));
        }
    }

    /// Has volumes that nobody has named stay when who they were made for goes: somebody else has a use for
    /// them.
    void share(RunOptions options) {
        for (Mount mount : options.mounts()) {
            if (mount.type().equals(TYPE) && !mount.source().isEmpty()) {
                volumes.share(new VolumeName(mount.source()));
            }
        }
    }

    /// Where volumes are.
    Path place(String name) {
        return volumes.planned(new VolumeName(name), Map.of()).place();
    }

    /// With binds in their place.
    ///
    /// @param begin volumes that are missing are made, and new ones get what the image has in their place
    /// @throws Refused if one can't be had so
    RunOptions bound(RunOptions options, boolean begin) {
        var mounts = new ArrayList<Mount>();
        for (Mount mount : options.mounts()) {
            if (!mount.type().equals(TYPE)) {
                mounts.add(mount);
            } else {
                mounts.add(mount.source().isEmpty() ? own(mount) : bound(mount, options.image(), begin));
            }
        }
        check();
        return options.with(mounts, options.files());
    }

    private void check() {
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    /// Gone with the box, so that memory is the place for it.
    private Mount own(Mount mount) {
        var options = new ArrayList<>(List.of("nosuid", "nodev", "mode=0755"));
        for (String option : mount.options()) {
            if (option.startsWith(SUBPATH) || option.equals(OWNED)) {
                problem(mount, "U and volume-subpath are for a volume with a name");
            } else if (!isOurs(option)) {
                options.add(option);
            }
        }
        if (!mount.options().contains(NO_COPY)) {
            options.add("tmpcopyup");
        }
        return new Mount(mount.destination(), "tmpfs", "tmpfs", options);
    }

    private Mount bound(Mount mount, RunOptions.Image image, boolean begin) {
        Volume volume = volume(mount, begin);
        var options = new ArrayList<>(List.of("rbind", "rprivate"));
        for (String safe : List.of("nosuid", "nodev")) { // what one container has put there is nothing to another
            if (!mount.options().contains(safe.substring("no".length()))) {
                options.add(safe);
            }
        }
        String subpath = "";
        boolean readOnly = volume.readOnly();
        for (String option : mount.options()) {
            if (option.startsWith(SUBPATH)) {
                subpath = option.substring(SUBPATH.length());
            } else if (option.equals("ro")) {
                readOnly = true;
            } else if (!isOurs(option) && !option.equals("suid") && !option.equals("dev")) {
                options.add(option);
            }
        }
        if (readOnly) {
            options.add("rro");
        }
        boolean copies = !readOnly && subpath.isEmpty() && !mount.options().contains(NO_COPY);
        if (begin && copies && !(image instanceof RunOptions.Image.Host)) { // this machine's own files are no image's
            volumes.fill(volume, directory -> fill(directory, image, mount.destination()));
        }
        return new Mount(mount.destination(), "", volume.files().toString(), options)
                .of(new Spec.Volume(
                        volume.place().toString(), subpath, mount.options().contains(OWNED)));
    }

    private static boolean isOurs(String option) {
        return option.equals(NO_COPY)
                || option.equals(OWNED)
                || option.startsWith(SUBPATH)
                || option.startsWith(LABEL)
                || option.startsWith(OPTION);
    }

    private Volume volume(Mount mount, boolean begin) {
        var name = new VolumeName(mount.source());
        try {
            return begin
                    ? volumes.create(name, words(mount, LABEL), words(mount, OPTION), false)
                    : volumes.find(name).orElseGet(() -> volumes.planned(name, words(mount, OPTION)));
        } catch (IllegalArgumentException e) {
            problem(mount, String.valueOf(e.getMessage()));
            return volumes.planned(name, Map.of());
        }
    }

    private static Map<String, String> words(Mount mount, String prefix) {
        var words = new LinkedHashMap<String, String>();
        for (String option : mount.options()) {
            if (option.startsWith(prefix)) {
                String word = option.substring(prefix.length());
                int equals = word.indexOf('=');
                words.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
            }
        }
        return words;
    }

    private void problem(Mount mount, String what) {
        problems.add(new Problem(
                "--volume", (mount.source().isEmpty() ? mount.destination() : mount.source()) + ": " + what));
    }

    /// What is seen of the image at a path, wherever links lead to it in there. It may say what it likes:
    /// two boxes without a program do it, out of which nothing leads.
    private boolean fill(Path directory, RunOptions.Image image, String path) throws IOException {
        List<Path> layers = image.layers().stream().map(Path::of).toList();
        var held = new ArrayList<FileLock>();
        try {
            Spec.Store store = image.kept();
            for (String layer : store == null ? List.<String>of() : store.held()) {
                held.add(FileLock.sharedOfPresent(Path.of(layer), () -> true));
            }
            Found found = FileLookup.find(layers, ByteString.of(path), true, host.get());
            if (!found.directory()) {
                return false;
            }
            TarPipe.through(
                    out -> {
                        try (var tar = new TarWriter(new Unclosed(out))) {
                            Packing.files(layers, found.path(), ByteString.EMPTY, Long.MAX_VALUE, tar, host.get());
                        }
                    },
                    in -> Copying.whole(directory, in, host.get()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } finally {
            held.forEach(FileLock::close);
        }
    }
}

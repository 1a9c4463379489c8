package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.network.Network.Range;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.RecordText;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The networks of a data root: a file for each, called by its name. Whoever creates one holds a lock, since
/// no two may have the same addresses; who reads needs none.
public final class Networks {
    private static final String SUFFIX = ".json";
    private static final String LOCK = "lock";
    private static final int ID_BYTES = 32;
    private static final int BRIEFEST = 4; // fewer digits of an id are more likely a name that is misspelt

    private final Path directory;
    private final Path proc;

    /// @param directory absolute
    public Networks(Path directory) {
        this(directory, Path.of("/proc"));
    }

    /// @param proc proc(5)
    Networks(Path directory, Path proc) {
        this.directory = directory;
        this.proc = proc;
    }

    /// All of them, by name.
    public List<Network> all() {
        try {
            if (!Files.isDirectory(directory)) {
                return List.of();
            }
            var all = new ArrayList<Network>();
            try (var files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
                for (Path file : files) {
                    read(file).ifPresent(all::add);
                }
            }
            all.sort(Comparator.comparing(Network::name));
            return all;
        } catch (IOException e) {
            throw new EngineException.Failed("look for networks in " + directory, e);
        }
    }

    private static Optional<Network> read(Path file) throws IOException {
        try {
            return Optional.of(RecordText.read(Files.readString(file), Network.class));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // it goes while we look
        }
    }

    /// Likewise, where there may be none; nothing is made.
    public Optional<Network> lookUp(String word) {
        List<Network> all = all();
        Optional<Network> named =
                all.stream().filter(it -> it.name().equals(word)).findFirst();
        if (named.isPresent() || word.length() < BRIEFEST) {
            return named;
        }
        List<Network> meant =
                all.stream().filter(it -> it.id().startsWith(word)).toList();
        return meant.size() == 1 ? Optional.of(meant.getFirst()) : Optional.empty();
    }

    /// By its name, or the first digits of its id. The default one is made when it is first asked for.
    ///
    /// @throws EngineException if there is none
    public Network find(String word) {
        List<Network> all = all();
        for (Network network : all) {
            if (network.name().equals(word)) {
                return network;
            }
        }
        if (word.equals(Network.DEFAULT)) {
            return create(Wish.named(Network.DEFAULT));
        }
        List<Network> meant = word.length() < BRIEFEST
                ? List.of()
                : all.stream().filter(it -> it.id().startsWith(word)).toList();
        if (meant.size() > 1) {
            throw new EngineException.Conflict("several networks have ids that begin with " + word);
        }
        if (meant.isEmpty()) {
            throw new EngineException.NotFound(
                    "network", word + ": carafe network create " + word + " makes one;" + " it");
        }
        return meant.getFirst();
    }

    /// Makes one.
    ///
    /// @throws IllegalArgumentException if there can be none like that
    /// @throws EngineException if there is one of that name, or its addresses are taken
    public Network create(Wish wish) {
        Network.checkName(wish.name());
        try {
            make();
            try (var _ = FileLock.exclusive(directory.resolve(LOCK), () -> true)) {
                Path file = directory.resolve(wish.name() + SUFFIX);
                Optional<Network> there = Files.exists(file) ? read(file) : Optional.empty();
                if (there.isPresent()) {
                    if (wish.name().equals(Network.DEFAULT)) {
                        return there.get();
                    }
                    throw new EngineException.Conflict("network with name " + wish.name() + " already exists");
                }
                return write(network(wish, id()));
            }
        } catch (IOException e) {
            throw new EngineException.Failed("create network " + wish.name(), e);
        }
    }

    /// Removes one. Nobody may be on it any more: the caller has looked.
    public void remove(Network network) {
        try {
            Files.deleteIfExists(directory.resolve(network.name() + SUFFIX));
            WholeFile.synchronise(directory);
        } catch (IOException e) {
            throw new EngineException.Failed("remove network " + network.name(), e);
        }
    }

    /// The default network with other addresses, since its own lead somewhere else by now.
    ///
    /// @param unusable as it was found; nobody is on it
    Network renewed(Network unusable) {
        try (var _ = FileLock.exclusive(directory.resolve(LOCK), () -> true)) {
            Path file = directory.resolve(unusable.name() + SUFFIX);
            Optional<Network> there = Files.exists(file) ? read(file) : Optional.empty();
            if (there.isPresent() && !there.get().id().equals(unusable.id())) {
                return there.get(); // somebody else was faster
            }
            Files.deleteIfExists(file);
            return write(network(Wish.named(unusable.name()), id()));
        } catch (IOException e) {
            throw new EngineException.Failed("give network " + unusable.name() + " other addresses", e);
        }
    }

    private Network write(Network network) throws IOException {
        WholeFile.write(
                directory.resolve(network.name() + SUFFIX),
                directory.resolve(network.name() + ".new"),
                RecordText.of(network).getBytes(StandardCharsets.UTF_8));
        return network;
    }

    private void make() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private Network network(Wish wish, String id) throws IOException {
        List<Subnet> taken = new ArrayList<>(Taken.byRoutes(proc, List.of()));
        all().forEach(network -> network.ranges().forEach(range -> taken.add(range.subnet())));
        var subnets = new ArrayList<>(wish.subnets());
        for (Subnet subnet : subnets) {
            Optional<Subnet> other = taken.stream().filter(subnet::overlaps).findFirst();
            if (other.isPresent()) {
                throw new EngineException.Conflict("addresses of " + subnet + " lead somewhere else already: "
                        + other.get() + " is another network's, or a route of this machine");
            }
        }
        if (subnets.stream().allMatch(Subnet::isSix)) {
            subnets.addFirst(FreeSubnets.four(wish.name().equals(Network.DEFAULT), taken));
        }
        if (wish.six() && subnets.stream().noneMatch(Subnet::isSix)) {
            subnets.add(FreeSubnets.six(id));
        }
        return new Network(
                id,
                wish.name(),
                Instant.now(),
                ranges(subnets, wish),
                wish.internal(),
                wish.mtu(),
                wish.dns(),
                wish.labels());
    }

    private static List<Range> ranges(List<Subnet> subnets, Wish wish) {
        if (subnets.stream().filter(Subnet::isSix).count() > 1 || subnets.size() > 2) {
            throw new IllegalArgumentException("a network has one subnet of each version");
        }
        var ranges = new ArrayList<Range>();
        for (Subnet subnet : subnets) {
            if (subnet.base().bits() - subnet.prefix() < 2) {
                throw new IllegalArgumentException(subnet + " has no room for boxes");
            }
            IpAddress gateway = wish.gateways().stream()
                    .filter(subnet::contains)
                    .findFirst()
                    .orElseGet(() -> subnet.at(BigInteger.ONE));
            Subnet given = wish.given().stream()
                    .filter(it -> subnet.contains(it.base()))
                    .findFirst()
                    .orElse(null);
            ranges.add(new Range(subnet, gateway, given));
        }
        for (IpAddress gateway : wish.gateways()) {
            if (ranges.stream().noneMatch(it -> it.gateway().equals(gateway))) {
                throw new IllegalArgumentException("gateway " + gateway + " is in no subnet of the network");
            }
        }
        for (Subnet given : wish.given()) {
            if (ranges.stream()
                    .noneMatch(it -> given.equals(it.given()) && it.subnet().contains(given.last()))) {
                throw new IllegalArgumentException("the range " + given + " is in no subnet of the network");
            }
        }
        return ranges;
    }

    private static String id() throws IOException {
        try (var in = Files.newInputStream(Path.of("/dev/urandom"))) {
            return HexFormat.of().formatHex(in.readNBytes(ID_BYTES));
        }
    }
}

package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.policy.PolicyFile;
import io.carafe.sandbox.policy.PolicyFilter;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.DefaultProfile;
import io.carafe.sandbox.seccomp.Profile;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.SeccompJson;
import io.carafe.sandbox.spec.SeccompProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which system calls a box may make, resolved for its capabilities.
final class Filters {
    private static final int SIZE_MAX = 1 << 20;

    private Filters() {}

    /// @throws InvalidSpec              if the profile can't be meant
    /// @throws IllegalArgumentException if it is no profile
    /// @throws IOException              if its file can't be read
    static @Nullable Seccomp of(Filter filter, long capabilities, Kernel kernel) throws IOException {
        if (filter instanceof Filter.Default) {
            return DefaultProfile.of(machine(kernel), capabilities); // without the switch, which costs a cold JVM 5 ms
        }
        return switch (filter) {
            case Filter.Unconfined() -> null;
            case Filter.Default() -> DefaultProfile.of(machine(kernel), capabilities);
            case Filter.Nesting() -> DefaultProfile.nesting(machine(kernel), capabilities);
            case Filter.ByPolicy(var name, var text) ->
                PolicyFilter.seccomp(PolicyFile.of(text, name, Path.of("/")), false); // nobody stays to watch
            case Filter.Asking(var _, var socket) -> PolicyFilter.asking(socket);
            case Filter.File(var path) -> Profile.resolve(profile(path), capabilities, machine(kernel), kernel);
        };
    }

    private static SeccompProfile profile(String path) throws IOException {
        SeccompProfile profile;
        try {
            profile = SeccompJson.profile(text(path));
        } catch (RuntimeException e) { // whatever avaje throws at what isn't JSON
            throw new IllegalArgumentException("decoding seccomp profile " + path + " failed: " + e.getMessage(), e);
        }
        if (!profile.problems().isEmpty()) {
            throw new InvalidSpec(profile.problems());
        }
        return profile;
    }

    private static String text(String path) throws IOException {
        try {
            Path file = Path.of(path);
            if (Files.exists(file) && !Files.isRegularFile(file)) { // a FIFO would hold this thread
                throw new IOException("not a regular file");
            }
            try (var in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(SIZE_MAX + 1);
                if (bytes.length > SIZE_MAX) {
                    throw new IOException("larger than " + SIZE_MAX + " bytes");
                }
                return new String(bytes, StandardCharsets.UTF_8);
            }
        } catch (InvalidPathException | NoSuchFileException e) {
            throw new IOException("opening seccomp profile " + path + " failed: no such file", e);
        } catch (IOException e) { // of a directory it doesn't say the name
            throw new IOException("reading seccomp profile " + path + " failed: " + e.getMessage(), e);
        }
    }

    private static Architecture machine(Kernel kernel) {
        Optional<Architecture> machine = Architecture.ofMachine(kernel.architecture());
        if (machine.isEmpty()) {
            throw new IllegalArgumentException("no seccomp filter for " + kernel.architecture()
                    + " is there yet: seccomp=unconfined does without");
        }
        return machine.get();
    }
}

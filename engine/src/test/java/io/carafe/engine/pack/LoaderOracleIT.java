package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.pack.Item.Body;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every program of this machine's, against what its own loader says that it would load (`ld.so --list`, which is
/// what ldd calls).
class LoaderOracleIT {
    private static final Pattern LIBRARY = Pattern.compile("\t(?:.* => )?(/.*) \\(0x[0-9a-f]+\\)");
    private static final int FEWEST = 100;

    private final Tree tree = new DirectoryTree(Path.of("/"));

    @Test
    void everyProgramHasTheLibrariesThatItsLoaderWouldLoad() throws Exception {
        var different = new ArrayList<String>();
        int compared = 0;
        for (String directory : List.of("/usr/bin", "/usr/sbin", "/usr/libexec")) {
            if (!Files.isDirectory(Path.of(directory))) {
                continue;
            }
            for (String name : tree.names(directory)) {
                Optional<String> difference = difference(directory + "/" + name);
                compared += difference.isPresent() ? 1 : 0;
                difference.filter(it -> !it.isEmpty()).ifPresent(different::add);
            }
        }
        assertThat(different).isEmpty();
        assertThat(compared).isGreaterThan(FEWEST);
    }

    /// Empty if there is nothing to compare.
    private Optional<String> difference(String program) throws Exception {
        Optional<Walk> walk = Walk.of(tree, program);
        if (walk.isEmpty() || walk.get().node().kind() != Tree.Kind.FILE) {
            return Optional.empty();
        }
        Optional<Elf> elf = new Elves(tree).of(walk.get().path());
        if (elf.isEmpty() || elf.get().interpreter().isEmpty()) {
            return Optional.empty();
        }
        var told = new TreeSet<String>();
        told.add(walk.get().path());
        told.add(Walk.of(tree, elf.get().interpreter()).orElseThrow().path());
        told.addAll(list(elf.get().interpreter(), walk.get().path()));
        var ours = new TreeSet<String>();
        var selection = new Selection(tree);
        var closure = new Closure(tree, selection);
        closure.add(program, new Reason.Asked());
        for (Item item : selection.items()) {
            boolean hidden = item.reasons().stream().anyMatch(it -> it instanceof Reason.Hidden);
            boolean configuration = item.reasons().stream().anyMatch(it -> it instanceof Reason.Configuration);
            if (item.body() instanceof Body.File && !hidden && !configuration) {
                ours.add(item.path());
            }
        }
        if (!closure.problems().isEmpty()) {
            return Optional.of(program + ": " + closure.problems());
        }
        return Optional.of(
                ours.containsAll(told) && told.containsAll(ours) ? "" : program + ": " + ours + " for " + told);
    }

    private List<String> list(String loader, String program) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(loader, "--list", program)
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var files = new ArrayList<String>();
        for (String line : out.split("\n")) {
            var matcher = LIBRARY.matcher(line);
            if (matcher.matches()) {
                files.add(Walk.of(tree, matcher.group(1)).orElseThrow().path());
            }
        }
        return files;
    }
}

package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.command.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The pages in `docs/` against the program, and against each other.
class DocumentationTest {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(#[^)]*)?\\)");

    @Test
    void everyOptionOfABoxStandsInThePageOfRunOrOneThatItLinksTo() throws IOException {
        Path run = TOP.resolve("docs/run.md");
        var text = new StringBuilder(Files.readString(run));
        for (Path page : links(run)) {
            if (page.toString().endsWith(".md")) {
                text.append(Files.readString(page));
            }
        }
        var missing = new ArrayList<String>();
        for (Flag flag : BoxFlags.FLAGS) {
            if (!text.toString().matches("(?s).*`[^`]*--" + flag.name() + "(?![\\w-]).*")) {
                missing.add("--" + flag.name());
            }
            if (!flag.letter().isEmpty() && !text.toString().contains("`-" + flag.letter() + "`")) {
                missing.add("-" + flag.letter());
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyPageIsReachedFromTheReadmeAndEveryLinkLeadsSomewhere() throws IOException {
        Path readme = TOP.resolve("README.md");
        Set<Path> reached = new LinkedHashSet<>(List.of(readme));
        var waiting = new ArrayDeque<Path>(reached);
        var broken = new ArrayList<String>();
        while (!waiting.isEmpty()) {
            Path page = waiting.remove();
            for (Path target : links(page)) {
                if (!Files.exists(target)) {
                    broken.add(TOP.relativize(page) + " links to " + TOP.relativize(target));
                } else if (target.toString().endsWith(".md") && reached.add(target)) {
                    waiting.add(target);
                }
            }
        }
        assertThat(broken).isEmpty();
        try (var pages = Files.walk(TOP.resolve("docs"))) {
            assertThat(pages.filter(page -> page.toString().endsWith(".md"))).allMatch(reached::contains);
        }
    }

    /// The files of this repository that a page links to.
    private static List<Path> links(Path page) throws IOException {
        return LINK.matcher(Files.readString(page))
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.contains("://") && !target.startsWith("mailto:"))
                .map(target -> page.resolveSibling(target).normalize())
                .distinct()
                .toList();
    }
}

package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Screen;
import io.carafe.engine.engine.Boxes;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.Images;
import io.carafe.engine.image.Layouts;
import io.carafe.engine.image.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user reads about the images that are here.
class ImageCommandsTest {
    @TempDir
    Path root;

    private final Commands commands = new Commands(Boxes.engine());
    private final Screen screen = new Screen();
    private Descriptor debian;
    private String id;

    @BeforeEach
    void twoImages() throws Exception {
        Images images = Images.of(root);
        debian = Layouts.image(root, "amd64", "below", "above");
        images.name(Reference.of("debian:12"), debian);
        images.name(Reference.of("localhost:5000/team/app"), Layouts.image(root, "arm64", "below"));
        id = images.find("debian:12").descriptor().annotations().get("io.carafe.image.id");
    }

    private void run(String... words) {
        screen.clear();
        var all = new ArrayList<>(List.of("--data-root", root.toString()));
        all.addAll(List.of(words));
        commands.run(Callers.of(all.toArray(String[]::new)), screen);
    }

    private static List<String> words(String line) {
        return List.of(line.split(" {3,}"));
    }

    @Test
    void imagesAreListedAsDockerListsThem() {
        run("images");
        List<String> lines = screen.out.lines().toList();
        assertThat(words(lines.get(0))).containsExactly("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
        assertThat(words(lines.get(1)))
                .startsWith("localhost:5000/team/app", "latest")
                .endsWith("5B");
        assertThat(words(lines.get(2)))
                .startsWith("debian", "12", id.substring(7, 19))
                .endsWith("10B");
        assertThat(lines).hasSize(3);
    }

    @Test
    void anImageIsListedAsOneAsksForIt() {
        run("images", "-q", "--no-trunc", "debian");
        assertThat(screen.out).isEqualTo(id + "\n");
        run("image", "ls", "--format", "{{.Repository}}:{{.Tag}} {{.Digest}}", "debian:12");
        assertThat(screen.out).isEqualTo("debian:12 " + debian.digest() + "\n");
        run("images", "--format", "json", "--filter", "reference=*/team/*");
        assertThat(screen.out).startsWith("{\"Repository\":\"localhost:5000/team/app\",\"Tag\":\"latest\",\"ID\":");
        run("images", "--format", "table {{.Repository}}\\t{{.Size}}", "--filter", "label=none");
        assertThat(screen.out).isEqualTo("REPOSITORY   SIZE\n");
        run("images", "--filter", "colour=red");
        assertThat(screen.err).contains("no such filter");
        run("images", "--format", "{{.Colour}}");
        assertThat(screen.err).contains("there is no field .Colour; there are .Repository");
    }

    @Test
    void theVariableSaysWhereImagesAreToo() {
        screen.clear();
        Map<String, String> environment = Map.of("CARAFE_DATA_ROOT", root.toString());
        commands.run(Callers.in("/", environment, Callers.NO_TERMINAL, "images", "-q"), screen);
        assertThat(screen.out.lines()).hasSize(2);
        commands.run(Callers.of("--data-root"), screen);
        assertThat(screen.err).contains("flag needs an argument: --data-root");
    }

    @Test
    void allIsShownOfAnImage() {
        run("inspect", "debian:12");
        assertThat(screen.out)
                .startsWith("[\n    {\n        \"Id\": \"" + id + "\",\n        \"RepoTags\": [\n")
                .contains("\"debian@" + debian.digest() + "\"", "\"Architecture\": \"amd64\"", "\"Size\": 10");
        run("inspect", "--format", "{{.Os}}/{{.Architecture}} {{join .Config.Cmd \" \"}}", "debian:12");
        assertThat(screen.out).isEqualTo("linux/amd64 /bin/sh\n");
        run("image", "inspect", "--format", "json", "localhost:5000/team/app");
        assertThat(screen.out).contains("\"Architecture\":\"arm64\"").endsWith("}\n");
        run("inspect", "nothing");
        assertThat(screen.err).isEqualTo("carafe: container or image nothing does not exist\n");
        assertThat(screen.code).isEqualTo(125);
    }

    @Test
    void aHistoryThatIsLeftOutIsShownByItsLayers() {
        run("history", "debian:12");
        List<String> lines = screen.out.lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(words(lines.get(1))).startsWith(id.substring(7, 19), "N/A");
        assertThat(words(lines.get(2))).startsWith("<missing>");
        run("history", "-q", "debian:12");
        assertThat(screen.out).isEqualTo(id.substring(7, 19) + "\n<missing>\n");
    }

    @Test
    void namesAreGivenAndTaken() {
        run("tag", "debian:12", "base");
        assertThat(screen.code).isZero();
        run("images", "-q", "base:latest");
        assertThat(screen.out).isEqualTo(id.substring(7, 19) + "\n");
        run("untag", "base", "debian:12");
        assertThat(screen.out).isEqualTo("Untagged: debian:12\n");
        run("untag", "base", "debian:12");
        assertThat(screen.err).isEqualTo("carafe: debian:12 is no name of base\n");
        run("tag", "base", "Base");
        assertThat(screen.err).contains("'Base' can't be the name of an image");
    }

    @Test
    void removingTheLastNameRemovesTheFiles() throws Exception {
        run("tag", "debian:12", "base");
        run("rmi", "debian:12");
        assertThat(screen.out).isEqualTo("Untagged: debian:12\n");
        run("rmi", "base", "nothing");
        assertThat(screen.out).isEqualTo("Untagged: base:latest\nDeleted: " + debian.digest() + "\n");
        assertThat(screen.err).isEqualTo("carafe: image nothing does not exist\n");
        assertThat(screen.code).isEqualTo(1);
        assertThat(Images.of(root).blobs().find(debian.digest())).isEmpty();
    }

    @Test
    void anImageOfSeveralNamesIsRemovedByForce() {
        run("tag", "debian:12", "base");
        run("rmi", id);
        assertThat(screen.err)
                .contains("has 2 names: debian:12, base:latest; remove one of these, or all with --force");
        run("image", "rm", "-f", id, "nothing");
        assertThat(screen.out).contains("Untagged: debian:12\n", "Untagged: base:latest\n", "Deleted: ");
        assertThat(screen.code).isZero();
    }

    @Test
    void pruningAsksFirst() {
        run("untag", "debian:12");
        screen.standardInput = "n\n".getBytes(StandardCharsets.UTF_8);
        run("prune");
        assertThat(screen.err).contains("Are you sure you want to continue? [y/N]");
        assertThat(screen.out).isEmpty();
        screen.standardInput = "y\n".getBytes(StandardCharsets.UTF_8);
        run("image", "prune");
        assertThat(screen.out)
                .startsWith("Deleted Images:\ndeleted: " + debian.digest() + "\n\nTotal reclaimed space: ");
        run("prune", "-af");
        assertThat(screen.out).contains("untagged: localhost:5000/team/app:latest\n");
        run("images", "-q");
        assertThat(screen.out).isEmpty();
    }

    @Test
    void aGroupKnowsItsCommands() {
        run("image", "paint");
        assertThat(screen.err)
                .contains("'paint' is not a carafe image command; there are export, history, import, inspect");
        run("image");
        assertThat(screen.out).contains("Usage:  carafe image COMMAND");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect", "history", "tag", "untag", "rmi", "images a b", "prune a"})
    void whatIsMissingIsSaid(String words) {
        run(words.split(" "));
        assertThat(screen.err).contains("\"carafe " + words.split(" ")[0] + "\"");
        assertThat(screen.code).isEqualTo(125);
    }
}

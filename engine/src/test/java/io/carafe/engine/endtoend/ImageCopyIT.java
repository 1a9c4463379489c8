package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files come out of images, and land nowhere but where they should.
@EndToEnd
class ImageCopyIT {
    private static final int ROUNDS = 40;

    @TempDir
    Path directory;

    /// The image `base` has files of other owners, links and a device.
    @BeforeEach
    void importAnImage() throws IOException {
        get("""
                mkdir -p files/etc/dir/deep files/srv
                echo here >files/etc/here
                echo inner >files/etc/dir/deep/inner
                ln files/etc/here files/etc/dir/hard
                ln -s ../etc/here files/srv/link
                ln -s /etc/dir files/srv/dir
                mknod files/srv/null c 1 3
                cp files/etc/here files/srv/su
                chown 1234:1234 files/etc/here files/srv/su
                chmod 6755 files/srv/su
                touch -d @1000000000 files/etc/dir files/etc/here
                tar -C files -c . | $carafe import - base
                """);
    }

    private Run run(String script) {
        String prologue = "set -e; cd $dir; export CARAFE_DATA_ROOT=$dir/data\n";
        return Carafe.started(Map.of("dir", directory.toString()), directory, List.of("bash", "-c", prologue + script))
                .finish();
    }

    private String get(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    private String error(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isEqualTo(125);
        return run.err();
    }

    @Test
    void aDirectoryIsCopiedIntoOneThatIsThere() {
        assertThat(get("""
                        mkdir out
                        $carafe cp base:/etc/dir out
                        $carafe cp base:/etc/here out
                        cat out/dir/deep/inner out/dir/hard out/here
                        stat -c '%u:%g %Y' out/dir out/here
                        """)).isEqualTo("inner\nhere\nhere\n0:0 1000000000\n0:0 1000000000");
    }

    @Test
    void aPlaceThatIsNotThereIsMadeUnderItsName() {
        assertThat(get("$carafe cp base:/etc/dir new; ls new; $carafe cp base:/etc/here file; cat file"))
                .isEqualTo("deep\nhard\nhere");
        assertThat(error("$carafe cp base:/etc no/where")).contains("there is no directory " + directory + "/no");
        assertThat(error("$carafe cp base:/etc/here none/")).contains("there is no directory none/: mkdir -p makes it");
    }

    @Test
    void theContentOfADirectoryLeavesTheDirectoryItself() {
        assertThat(get("mkdir -m 700 out; chown 7:7 out; $carafe cp base:/etc/. out; ls out; stat -c '%a %u:%g' out"))
                .isEqualTo("dir\nhere\n700 7:7");
        assertThat(get("$carafe cp base:/. all; ls all")).isEqualTo("etc\nsrv");
        assertThat(error("$carafe cp base:/etc/here/. out")).contains("/etc/here/. is no directory");
    }

    @Test
    void filesAreReplacedAndNothingElseIs() {
        assertThat(get("echo old >file; ln file other; $carafe cp base:/etc/here file; cat file other"))
                .isEqualTo("here\nold");
        assertThat(error("$carafe cp base:/etc file")).contains("file is no directory");
        assertThat(error("mkdir -p out/here; touch out/here/kept; $carafe cp base:/etc/. out"))
                .contains("EISDIR");
        assertThat(error("rmdir -p out/here 2>/dev/null || rm -r out; mkdir out; touch out/dir;"
                        + " $carafe cp base:/etc/dir out"))
                .contains("dir is there and is no directory");
        assertThat(error("rm out/dir; ln -s $dir out/dir; $carafe cp base:/etc/dir out"))
                .contains("dir is there and is no directory");
    }

    @Test
    void linksInTheImageLeadInside() {
        assertThat(get("$carafe cp base:/srv/link l; readlink l; $carafe cp -L base:/srv/link f; cat f"))
                .isEqualTo("../etc/here\nhere");
        assertThat(get("$carafe cp base:/srv/dir/. d; ls d; mkdir o; $carafe cp -L base:/srv/dir o; ls o"))
                .isEqualTo("deep\nhard\ndir");
        assertThat(get("$carafe cp base:/srv/dir/../here up; cat up")).isEqualTo("here");
        assertThat(error("$carafe cp base:/no/where .")).contains("there is no /no/where in base");
    }

    @Test
    void whatWouldLendRightsIsKeptForArchivesOnly() {
        Run plain = run("$carafe cp base:/srv plain; stat -c '%a %u:%g' plain/su; ls plain");
        assertThat(plain.out()).isEqualTo("755 0:0\ndir\nlink\nsu\n");
        assertThat(plain.err()).contains("devices left out: 1; root copies them");
        assertThat(get("$carafe cp -a base:/srv kept; stat -c '%a %u:%g' kept/su; stat -c '%t:%T' kept/null"))
                .isEqualTo("6755 1234:1234\n1:3");
    }

    @Test
    void aTarFileHasTheOwners() {
        assertThat(get("$carafe cp base:/srv/su - | tar --numeric-owner -tv | tr -s ' ' | cut -d ' ' -f 1,2,6"))
                .isEqualTo("-rwsr-sr-x 1234/1234 su");
        assertThat(get("$carafe cp base:/etc/dir - | tar -t")).isEqualTo("dir/\ndir/deep/\ndir/deep/inner\ndir/hard");
    }

    @Test
    void noImageIsChanged() {
        assertThat(error("$carafe cp files base:/etc")).contains("an image is never changed", "carafe commit");
        assertThat(error("$carafe cp files there")).contains("files is no IMAGE:PATH");
    }

    /// While it is copied to, the destination is exchanged for a link to somewhere else, again and again.
    @Test
    void row16AnExchangedDestinationLeadsNowhereElse() {
        String script = """
                mkdir -p play/victim/dir play/a
                echo safe >play/victim/here
                python3 - <<'EOF' &
                import ctypes, os
                libc = ctypes.CDLL(None)
                os.makedirs("play/etc/dir/deep", exist_ok=True)
                os.symlink("victim", "play/x")
                os.symlink("../victim", "play/a/x")
                etc = os.open("play/etc", os.O_DIRECTORY) # by its name the racer would itself follow the link
                while not os.path.exists("stop"):
                    libc.renameat2(-100, b"play/x", -100, b"play/etc", 2)
                    libc.renameat2(-100, b"play/a/x", etc, b"dir", 2)
                EOF
                racer=$!
                trap 'touch stop; wait $racer' EXIT
                for i in $(seq %d); do
                    $carafe cp base:/etc play >/dev/null 2>&1 && echo done || echo refused
                done | sort | uniq -c >rounds
                """.formatted(ROUNDS);
        get(script);
        assertThat(get("cd play; find victim | sort; cat victim/here"))
                .isEqualTo("victim\nvictim/dir\nvictim/here\nsafe");
    }

    @Test
    void aUsersCopiesAreTheUsers() {
        Carafe.open(directory);
        get("$carafe save -o $dir/base.tar base; chmod 644 base.tar");
        Run run = OrdinaryUser.withRanges().shell("""
                set -e; cd $XDG_RUNTIME_DIR; export CARAFE_DATA_ROOT=$XDG_RUNTIME_DIR/data
                $carafe load -q -i %1$s/base.tar >/dev/null
                $carafe cp base:/srv out
                $carafe cp base:/etc/. etc
                stat -c '%%u:%%g %%a' out/su etc/here etc/dir/deep/inner
                $carafe cp -a base:/etc there || true
                $carafe rmi base >/dev/null
                """.formatted(directory));
        assertThat(run.out()).as(run.toString()).isEqualTo("54321:54321 755\n54321:54321 644\n54321:54321 644\n");
        assertThat(run.err()).contains("only root can give files to their owners");
    }
}

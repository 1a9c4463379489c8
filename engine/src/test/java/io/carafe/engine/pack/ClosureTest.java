package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.pack.Item.Body;
import io.carafe.engine.pack.Reason.How;
import io.carafe.engine.pack.Reason.Via;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found in made-up root file systems. [LoaderOracleIT] compares real ones with real loaders.
class ClosureTest {
    @TempDir
    Path directory;

    private Root root;

    @BeforeEach
    void root() throws IOException {
        root = new Root(directory);
    }

    private static ElfFile program() {
        return ElfFile.program(Root.LOADER);
    }

    private static ElfFile library(String soname) {
        return ElfFile.library(soname);
    }

    @Test
    void staticProgramIsOneFile() throws IOException {
        root.put("/bin/one", ElfFile.program("").type(2));
        assertThat(root.packed("/bin/one")).containsExactly("/bin/one");
        assertThat(root.selection.items()).extracting(Item::path).containsExactly("/bin", "/bin/one");
    }

    @Test
    void librariesOfLibrariesComeWithTheLoader() throws IOException {
        root.put("/bin/one", program().needs("liba.so"));
        root.put("/usr/lib/liba.so", library("liba.so").needs("libb.so", "ld-linux-x86-64.so.2"));
        root.put("/lib/libb.so", library("libb.so"));
        root.put("/lib/libother.so", library("libother.so"));
        assertThat(root.packed("/bin/one")).containsExactly("/bin/one", "/lib/libb.so", "/usr/lib/liba.so");
        assertThat(root.item(Root.LOADER).reasons()).containsExactly(new Reason.Loader("/bin/one"));
        assertThat(root.item("/lib/libb.so").reasons())
                .containsExactly(
                        new Reason.Needed("/usr/lib/liba.so", "libb.so", new Via(How.DEFAULT, "/lib", "", "")));
    }

    @Test
    void everyLinkOfAChainStays() throws IOException {
        root.put("/bin/one", program().needs("liba.so.1"));
        root.put("/usr/lib/x/liba.so.1.2.3", library("liba.so.1"));
        root.link("/usr/lib/x/liba.so.1.2", "liba.so.1.2.3");
        root.link("/usr/lib/liba.so.1", "../../lib/x/../x/liba.so.1.2");
        root.link("/lib/x", "/usr/lib/x");
        assertThat(root.packed("/bin/one"))
                .containsExactly(
                        "/bin/one",
                        "/lib/x",
                        "/usr/lib/liba.so.1",
                        "/usr/lib/x/liba.so.1.2",
                        "/usr/lib/x/liba.so.1.2.3");
        assertThat(root.item("/usr/lib/liba.so.1").body()).isEqualTo(new Body.Link("../../lib/x/../x/liba.so.1.2"));
    }

    @Test
    void rpathIsInheritedAndRunpathIsNot() throws IOException {
        root.put("/one/bin", program().needs("liba.so").rpath("/opt/r"));
        root.put("/opt/r/liba.so", library("liba.so").needs("libb.so"));
        root.put("/opt/r/libb.so", library("libb.so"));
        root.put("/lib/libb.so", library("libb.so"));
        assertThat(root.packed("/one/bin")).containsExactly("/one/bin", "/opt/r/liba.so", "/opt/r/libb.so");

        root.put("/two/bin", program().needs("libc.so").runpath("/opt/p"));
        root.put("/opt/p/libc.so", library("libc.so").needs("libd.so"));
        root.put("/opt/p/libd.so", library("libd.so"));
        root.put("/lib/libd.so", library("libd.so"));
        assertThat(root.packed("/two/bin"))
                .contains("/opt/p/libc.so", "/lib/libd.so")
                .doesNotContain("/opt/p/libd.so");
    }

    @Test
    void runpathOfWhatNeedsALibrarySilencesTheRpathAboveIt() throws IOException {
        root.put("/bin/one", program().needs("liba.so").rpath("/opt/r"));
        root.put("/opt/r/liba.so", library("liba.so").needs("libb.so").runpath("/opt/p"));
        root.put("/opt/r/libb.so", library("libb.so"));
        root.put("/opt/p/libb.so", library("libb.so"));
        assertThat(root.packed("/bin/one")).contains("/opt/p/libb.so").doesNotContain("/opt/r/libb.so");
    }

    @Test
    void originIsWhereAProgramReallyIsAndWhereALibraryWasOpened() throws IOException {
        root.put("/opt/app/bin/one", program().needs("liba.so").runpath("$ORIGIN/../lib:${ORIGIN}/more"));
        root.link("/usr/bin/one", "../../opt/app/bin/one");
        root.put("/opt/real/liba.so", library("liba.so").needs("libb.so").runpath("$ORIGIN"));
        root.link("/opt/app/lib/liba.so", "/opt/real/liba.so");
        root.put("/opt/app/lib/libb.so", library("libb.so"));
        root.put("/opt/real/libb.so", library("libb.so"));
        assertThat(root.packed("/usr/bin/one"))
                .containsExactly(
                        "/opt/app/bin/one",
                        "/opt/app/lib/liba.so",
                        "/opt/app/lib/libb.so",
                        "/opt/real/liba.so",
                        "/usr/bin/one");
    }

    @Test
    void libAndPlatformStandForWhatTheyCan() throws IOException {
        root.put("/bin/one", program().needs("liba.so", "libb.so").runpath("/opt/$LIB:/opt/${PLATFORM}"));
        root.put("/opt/lib/liba.so", library("liba.so"));
        root.put("/opt/haswell/libb.so", library("libb.so"));
        root.put("/lib/libb.so", library("libb.so"));
        root.put("/opt/x86_64/libb.so", library("libb.so"));
        assertThat(root.packed("/bin/one")).contains("/opt/lib/liba.so", "/opt/x86_64/libb.so");
    }

    @Test
    void everyKindOfProcessorIsServedWhicheverThisOneIs() throws IOException {
        root.put("/bin/one", program().needs("liba.so"));
        root.put("/lib/glibc-hwcaps/x86-64-v4/liba.so", library("liba.so").needs("libfour.so"));
        root.put("/usr/lib/glibc-hwcaps/x86-64-v2/liba.so", library("liba.so"));
        root.put("/usr/lib/liba.so", library("liba.so"));
        root.put("/lib/libfour.so", library("libfour.so"));
        assertThat(root.packed("/bin/one"))
                .containsExactly(
                        "/bin/one",
                        "/lib/glibc-hwcaps/x86-64-v4/liba.so",
                        "/lib/libfour.so",
                        "/usr/lib/glibc-hwcaps/x86-64-v2/liba.so",
                        "/usr/lib/liba.so");
        assertThat(root.item("/lib/glibc-hwcaps/x86-64-v4/liba.so").reasons())
                .containsExactly(
                        new Reason.Needed("/bin/one", "liba.so", new Via(How.DEFAULT, "/lib", "", "x86-64-v4")));
    }

    @Test
    void librariesOfOtherProcessorsArePassedBy() throws IOException {
        root.put("/bin/one", program().needs("liba.so").runpath("/opt/arm:/opt/text:/opt/program"));
        root.put("/opt/arm/liba.so", library("liba.so").of(Elf.Machine.AARCH64, true, false));
        root.script("/opt/text/liba.so", "INPUT(libreal.so)");
        root.put("/opt/program/liba.so", library("liba.so").type(2));
        root.put("/lib/liba.so", library("liba.so"));
        assertThat(root.packed("/bin/one")).containsExactly("/bin/one", "/lib/liba.so");
    }

    @Test
    void nameThatSomethingAnswersToIsNotSearchedAgain() throws IOException {
        root.put("/bin/one", program().needs("liba.so.1", "libb.so").runpath("/opt"));
        root.put("/opt/liba.so.1", library("libreal.so.1"));
        root.put("/opt/libb.so", library("libb.so").needs("libreal.so.1"));
        root.put("/lib/libreal.so.1", library("libreal.so.1"));
        assertThat(root.packed("/bin/one")).containsExactly("/bin/one", "/opt/liba.so.1", "/opt/libb.so");
    }

    @Test
    void cacheComesBeforeTheDefaultsAndIsMadeAnewWhenItMustBe() throws IOException {
        root.put("/bin/one", program().needs("liba.so", "libb.so"));
        root.put("/opt/liba.so", library("liba.so"));
        root.put("/lib/libb.so", library("libb.so"));
        root.put("/opt/libunused.so", library("libunused.so"));
        root.cache("/opt/liba.so", "/lib/libb.so", "/opt/libunused.so", "/opt/libgone.so");
        assertThat(root.packed("/bin/one"))
                .containsExactly("/bin/one", "/etc/ld.so.cache", "/lib/libb.so", "/opt/liba.so");
        var made = (Body.Made) root.item("/etc/ld.so.cache").body();
        LoaderCache cache = LoaderCache.parse(io.carafe.sandbox.plan.Utf8.encode(made.text()));
        assertThat(cache.entries()).extracting(LoaderCache.Entry::path).containsExactly("/lib/libb.so", "/opt/liba.so");
    }

    @Test
    void imageNeedsNoCacheWhereTheDefaultsWillDo() throws IOException {
        root.put("/bin/one", program().needs("libb.so"));
        root.put("/lib/libb.so", library("libb.so"));
        root.cache("/lib/libb.so");
        assertThat(root.packed("/bin/one")).containsExactly("/bin/one", "/lib/libb.so");
    }

    @Test
    void nodeflibKeepsTheSystemsDirectoriesOut() throws IOException {
        root.put("/bin/one", program().needs("liba.so").flags1(0x800));
        root.put("/lib/liba.so", library("liba.so"));
        root.cache("/lib/liba.so");
        assertThat(root.closure("/bin/one").problems())
                .containsExactly("/bin/one needs liba.so, which the loader doesn't find");
    }

    @Test
    void everythingThatIsMissingIsToldAtOnce() throws IOException {
        root.put("/bin/one", program().needs("libno.so", "liba.so").auxiliary("libmay.so"));
        root.put("/lib/liba.so", library("liba.so").needs("libnone.so"));
        root.put("/bin/two", ElfFile.program("/lib/ld-none.so"));
        assertThat(root.closure("/bin/one", "/bin/two", "/bin/three").problems())
                .containsExactly(
                        "/bin/one needs libno.so, which the loader doesn't find",
                        "/lib/liba.so needs libnone.so, which the loader doesn't find",
                        "/bin/two needs the loader /lib/ld-none.so, which is not there",
                        "/bin/three does not exist");
    }

    @Test
    void neededPathIsAPath() throws IOException {
        root.put("/bin/one", program().needs("/opt/liba.so", "$ORIGIN/libb.so"));
        root.put("/opt/liba.so", library(""));
        root.put("/bin/libb.so", library(""));
        assertThat(root.packed("/bin/one")).containsExactly("/bin/libb.so", "/bin/one", "/opt/liba.so");
    }

    @Test
    void unwinderThatLibcLoadsByItselfComesAlong() throws IOException {
        root.put("/bin/one", program().needs("liba.so", "libc.so.6"));
        root.put("/lib/liba.so", library("liba.so").names("pthread_exit"));
        root.put("/lib/libc.so.6", library("libc.so.6").names("pthread_cancel").names("dlopen"));
        root.put("/lib/libgcc_s.so.1", library("libgcc_s.so.1"));
        assertThat(root.packed("/bin/one")).contains("/lib/libgcc_s.so.1");
        assertThat(root.item("/lib/libgcc_s.so.1").reasons())
                .containsExactly(new Reason.Hidden("/lib/liba.so", "pthread_exit"));
    }

    @Test
    void librariesThatMayBeOpenedAreAddedByName() throws IOException {
        root.put("/bin/one", program().names("dlopen").rpath("/opt"));
        root.put("/opt/libplugin.so", library("libplugin.so").needs("liba.so"));
        root.put("/opt/liba.so", library("liba.so"));
        Closure closure = root.closure("/bin/one");
        closure.open("libplugin.so");
        closure.open("libnone.so");
        assertThat(root.files()).containsExactly("/bin/one", "/opt/liba.so", "/opt/libplugin.so");
        assertThat(closure.openers()).containsExactly("/bin/one");
        assertThat(closure.problems())
                .containsExactly("--dlopen libnone.so: the loader doesn't find it; an absolute path needs no search");
    }

    @Test
    void muslHasRulesOfItsOwn() throws IOException {
        String loader = "/lib/ld-musl-x86_64.so.1";
        root.put(loader, ElfFile.library("libc.so"));
        root.script("/etc/ld-musl-x86_64.path", "/opt/musl:/opt/more\n");
        root.put(
                "/bin/one",
                ElfFile.program(loader)
                        .needs("liba.so", "libc.so", "libpthread.so.0")
                        .runpath("/opt/p"));
        root.put("/opt/p/liba.so", library("liba.so").needs("libb.so", "libm.so"));
        root.put("/opt/p/libb.so", library("libb.so")); // it inherits a RUNPATH too
        root.put("/lib/libb.so", library("libb.so"));
        root.cache("/lib/libb.so");
        assertThat(root.packed("/bin/one"))
                .containsExactly("/bin/one", "/etc/ld-musl-x86_64.path", loader, "/opt/p/liba.so", "/opt/p/libb.so");
    }

    @Test
    void scriptsBringTheirInterpreters() throws IOException {
        root.put("/bin/sh", program());
        root.put("/usr/bin/env", program().needs("liba.so"));
        root.put("/lib/liba.so", library("liba.so"));
        root.script("/usr/local/bin/python3", "#!/bin/sh\n");
        root.script("/app/run", "#! /usr/bin/env -S X=1 python3 -u\n");
        assertThat(root.packed("/app/run"))
                .containsExactly("/app/run", "/bin/sh", "/lib/liba.so", "/usr/bin/env", "/usr/local/bin/python3");
        assertThat(root.item("/usr/bin/env").reasons()).containsExactly(new Reason.Interpreter("/app/run"));
        assertThat(root.item("/usr/local/bin/python3").reasons()).containsExactly(new Reason.Command("/app/run"));
    }

    @Test
    void whatADirectoryLacksIsOnlyTold() throws IOException {
        root.put("/bin/one", program());
        root.put("/opt/plugins/liba.so", library("liba.so").needs("libb.so", "libnone.so"));
        root.put("/opt/plugins/sub/libb.so", library("libb.so"));
        root.script("/opt/plugins/script", "#!/bin/none\n");
        root.link("/opt/plugins/dangling", "nowhere");
        root.link("/opt/plugins/out", "/opt/data");
        root.link("/opt/plugins/linked", "/opt/data/file");
        root.script("/opt/data/file", "text");
        Closure closure = root.closure("/bin/one", "/opt/plugins");
        assertThat(closure.problems()).isEmpty();
        assertThat(closure.notes())
                .containsExactly(
                        "/opt/plugins/script is a script for /bin/none, which is not there",
                        "/opt/plugins/liba.so needs libnone.so, which the loader doesn't find");
        assertThat(root.files())
                .contains("/opt/plugins/dangling", "/opt/plugins/out", "/opt/plugins/linked", "/opt/data/file");
    }

    @Test
    void otherNamesOfADirectoryInTheRootStay() throws IOException {
        root.put("/usr/bin/sh", ElfFile.program("").type(2));
        root.link("/bin", "usr/bin");
        root.link("/sbin", "usr/sbin");
        Files.createDirectories(root.path("/usr/sbin"));
        assertThat(root.packed("/usr/bin/sh")).containsExactly("/bin", "/usr/bin/sh");
    }

    @Test
    void modesDependOnNoUmaskAndLendOnlyRootsRights() throws IOException {
        root.script("/bin/one", "");
        root.script("/bin/two", "");
        Files.setPosixFilePermissions(root.path("/bin/one"), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(root.path("/bin/two"), PosixFilePermissions.fromString("rw-rw-rw-"));
        root.packed("/bin/one", "/bin/two");
        assertThat(((Body.File) root.item("/bin/one").body()).mode()).isEqualTo(0755);
        assertThat(((Body.File) root.item("/bin/two").body()).mode()).isEqualTo(0644);
    }

    @Test
    void linksInCirclesLeadNowhere() throws IOException {
        root.link("/opt/one", "two");
        root.link("/opt/two", "one");
        assertThat(root.closure("/opt/one").problems()).containsExactly("/opt/one is a link that leads nowhere");
        assertThat(root.packed("/opt")).containsExactly("/opt/one", "/opt/two");
    }

    @Test
    void linksLeadNowhereOutsideTheRoot() throws IOException {
        root.link("/bin/one", "../../../../../../../../../../etc/passwd");
        assertThat(root.closure("/bin/one").problems()).containsExactly("/bin/one is a link that leads nowhere");
    }

    @Test
    void namesThatAreNoTextStayAsTheyAre() throws IOException {
        String name = "caf\udce9"; // one byte, E9
        var tree = new DirectoryTree(directory);
        Files.createDirectories(root.path("/opt"));
        Files.writeString(tree.path("/opt/" + name), "");
        assertThat(tree.names("/opt")).isEqualTo(List.of(name));
        assertThat(root.packed("/opt")).containsExactly("/opt/" + name);
    }

    @Test
    void brokenProgramIsToldByName() throws IOException {
        root.script("/bin/one", "\u007fELF" + "x".repeat(60));
        assertThatThrownBy(() -> root.closure("/bin/one")).hasMessage("read /bin/one: an ELF file of an unknown class");
    }
}

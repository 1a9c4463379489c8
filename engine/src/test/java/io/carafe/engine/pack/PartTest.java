package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.pack.Item.Body;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {
    @TempDir
    Path directory;

    @Test
    void valuesFollowTheirWord() {
        assertThat(Part.parse("names,zones=Europe/Berlin,Asia/Tokyo,locales,tmp,certificates"))
                .containsExactly(
                        new Part.Names(),
                        new Part.Zones(List.of("Europe/Berlin", "Asia/Tokyo")),
                        new Part.Locales(List.of("C.UTF-8")),
                        new Part.Temporary(),
                        new Part.Certificates());
        assertThat(Part.parse("zones")).containsExactly(new Part.Zones(List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "nss", "names,", "names=x", "zones=../etc/passwd", "zones=/etc", "locales=", "names,Asia"})
    void whatCannotBeMeantIsRefused(String list) {
        assertThatThrownBy(() -> Part.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsBringTheirFiles() throws IOException {
        var root = new Root(directory);
        root.put("/bin/one", ElfFile.program(Root.LOADER).needs("libc.so.6"));
        root.put("/lib/libc.so.6", ElfFile.library("libc.so.6"));
        root.put("/lib/libnss_dns.so.2", ElfFile.library("libnss_dns.so.2").needs("libresolv.so.2"));
        root.put("/lib/libresolv.so.2", ElfFile.library("libresolv.so.2"));
        root.script("/etc/services", "http 80/tcp\n").script("/etc/protocols", "tcp 6\n");
        root.script("/etc/ssl/certs/ca-certificates.crt", "certificate\n");
        root.link("/usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt");
        root.script("/usr/share/zoneinfo/Europe/Berlin", "TZif");
        root.script("/usr/lib/locale/de_DE.utf8/LC_CTYPE", "x");
        assertThat(problems(root, "names,certificates,zones=Europe/Berlin,locales=de_DE.UTF-8,tmp"))
                .isEmpty();
        assertThat(root.files())
                .containsExactly(
                        "/bin/one",
                        "/etc/group",
                        "/etc/nsswitch.conf",
                        "/etc/passwd",
                        "/etc/protocols",
                        "/etc/services",
                        "/etc/ssl/certs/ca-certificates.crt",
                        "/lib/libc.so.6",
                        "/lib/libnss_dns.so.2",
                        "/lib/libresolv.so.2",
                        "/usr/lib/locale/de_DE.utf8/LC_CTYPE",
                        "/usr/lib/ssl/cert.pem",
                        "/usr/share/zoneinfo/Europe/Berlin");
        assertThat(root.item("/tmp").body()).isEqualTo(new Body.Directory(true));
    }

    @Test
    void whatThereIsNotIsToldWithItsPackage() throws IOException {
        var root = new Root(directory);
        Files.createDirectories(root.path("/usr/share/zoneinfo"));
        assertThat(problems(root, "certificates,zones=Mars/Base,locales=de_DE.UTF-8"))
                .containsExactly(
                        "--with certificates: there are none; your distribution's package is ca-certificates",
                        "--with zones: there is no zone Mars/Base in /usr/share/zoneinfo",
                        "--with locales: there is no /usr/lib/locale/de_DE.utf8; localedef --no-archive -i de_DE"
                                + " -f UTF-8 /usr/lib/locale/de_DE.utf8 makes it");
    }

    private static List<String> problems(Root root, String list) throws IOException {
        var closure = new Closure(root.tree, root.selection);
        if (Files.exists(root.path("/bin/one"))) {
            closure.add("/bin/one", new Reason.Asked());
        }
        var files = new PartFiles(root.tree, root.selection, closure);
        for (Part part : Part.parse(list)) {
            files.add(part);
        }
        return closure.problems();
    }
}

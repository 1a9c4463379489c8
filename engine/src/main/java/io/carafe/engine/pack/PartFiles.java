package io.carafe.engine.pack;

import io.carafe.engine.pack.Tree.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The files of what is asked for with `--with`.
final class PartFiles {
    /// Where distributions keep all certificates in one file: Debian, Fedora, openSUSE, Alpine.
    private static final List<String> BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem");

    /// Where OpenSSL, as distributions build it, looks for that file.
    private static final List<String> OTHER_NAMES = List.of("/usr/lib/ssl/cert.pem", "/etc/pki/tls/cert.pem");

    private static final String ZONES = "/usr/share/zoneinfo";
    private static final String LOCALES = "/usr/lib/locale";

    /// The parts of glibc that answer, before 2.34 as files of their own.
    private static final List<String> MODULES = List.of("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2");

    private static final String NSSWITCH = """
            passwd: files
            group: files
            shadow: files
            hosts: files dns
            networks: files
            protocols: files
            services: files
            ethers: files
            rpc: files
            """;
    private static final String PASSWD = """
            root:x:0:0:root:/:/bin/sh
            nobody:x:65534:65534:nobody:/:/bin/false
            """;
    private static final String GROUP = """
            root:x:0:
            nogroup:x:65534:
            """;

    private final Tree tree;
    private final Selection selection;
    private final Closure closure;

    PartFiles(Tree tree, Selection selection, Closure closure) {
        this.tree = tree;
        this.selection = selection;
        this.closure = closure;
    }

    void add(Part part) throws IOException {
        var reason = new Reason.With(part.word());
        switch (part) {
            case Part.Certificates _ -> certificates(reason);
            case Part.Names _ -> names(reason);
            case Part.Temporary _ -> {
                selection.directory("/tmp", true, reason);
                selection.directory("/var/tmp", true, reason);
            }
            case Part.Zones zones -> zones(zones.names(), reason);
            case Part.Locales locales -> {
                for (String name : locales.names()) {
                    locale(name, reason);
                }
            }
        }
    }

    private void certificates(Reason reason) throws IOException {
        for (String bundle : BUNDLES) {
            Optional<Walk> walk = file(bundle);
            if (walk.isPresent()) {
                selection.add(walk.get(), reason);
                for (String name : OTHER_NAMES) {
                    Optional<Walk> other = file(name);
                    if (other.isPresent()
                            && other.get().path().equals(walk.get().path())) {
                        selection.add(other.get(), reason);
                    }
                }
                return;
            }
        }
        closure.problem("--with certificates: there are none; your distribution's package is ca-certificates");
    }

    private void names(Reason reason) throws IOException {
        selection.make("/etc/nsswitch.conf", NSSWITCH, reason);
        selection.make("/etc/passwd", PASSWD, reason);
        selection.make("/etc/group", GROUP, reason);
        for (String name : List.of("/etc/services", "/etc/protocols")) {
            Optional<Walk> walk = file(name);
            if (walk.isPresent()) {
                selection.add(walk.get(), reason);
            } else {
                closure.note("--with names: there is no " + name + "; your distribution's package is netbase or setup");
            }
        }
        for (String module : MODULES) {
            closure.openIfThere(module);
        }
    }

    private void zones(List<String> names, Reason reason) throws IOException {
        Optional<Walk> all = Walk.of(tree, ZONES);
        if (all.isEmpty()) {
            closure.problem("--with zones: there are none; your distribution's package is tzdata");
            return;
        }
        for (String name : names.isEmpty() ? tree.names(all.get().path()) : names) {
            if (names.isEmpty() && (name.equals("posix") || name.equals("right"))) {
                continue; // the same again, without and with leap seconds
            }
            if (Walk.of(tree, Walk.below(ZONES, name)).isEmpty()) {
                closure.problem("--with zones: there is no zone " + name + " in " + ZONES);
            } else {
                closure.add(Walk.below(ZONES, name), reason);
            }
        }
    }

    /// glibc looks for the name as it is and with its character set in short, `de_DE.utf8`. What is in its archive of
    /// all locales, `locale-gen` of Debian's, can't be had alone.
    private void locale(String name, Reason reason) throws IOException {
        int dot = name.indexOf('.');
        int at = name.indexOf('@');
        String set = dot < 0 ? "" : name.substring(dot + 1, at > dot ? at : name.length());
        String brief = set.isEmpty()
                ? name
                : name.replace("." + set, "." + set.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
        for (String directory : List.of(name, brief)) {
            if (Walk.of(tree, Walk.below(LOCALES, directory)).isPresent()) {
                closure.add(Walk.below(LOCALES, directory), reason);
                return;
            }
        }
        closure.problem("--with locales: there is no " + Walk.below(LOCALES, brief) + "; localedef --no-archive -i "
                + (dot < 0 ? name : name.substring(0, dot)) + " -f " + (set.isEmpty() ? "UTF-8" : set) + " "
                + Walk.below(LOCALES, brief) + " makes it");
    }

    private Optional<Walk> file(String path) throws IOException {
        return Walk.of(tree, path).filter(it -> it.node().kind() == Kind.FILE);
    }
}

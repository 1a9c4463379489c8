package io.carafe.engine.engine;

import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;

/// `HOME`, where nobody has said it: as runc, and as every shell expects it, from the container's own
/// `/etc/passwd`.
final class Home {
    private static final String NOWHERE = "/"; // likewise

    private Home() {}

    static Spec in(Spec spec) {
        for (String variable : spec.process().env()) {
            if (variable.startsWith("HOME=")) {
                return spec;
            }
        }
        var env = new ArrayList<>(spec.process().env());
        env.add("HOME=" + of(spec));
        return spec.with(spec.process().with(env));
    }

    private static String of(Spec spec) {
        try {
            Path root = Path.of(spec.root().path());
            for (Spec.Mount mount : spec.mounts()) { // what engines mount over it is what the container sees
                if (mount.isBind() && mount.destination().equals("/etc")) {
                    root = Path.of(mount.source());
                    return home(new Accounts(new BoxFiles(root), "/passwd"), spec);
                }
                if (mount.isBind() && mount.destination().equals("/etc/passwd")) {
                    Path file = Path.of(mount.source());
                    return home(new Accounts(new BoxFiles(file.resolveSibling(".")), "/" + file.getFileName()), spec);
                }
            }
            return home(new Accounts(new BoxFiles(root)), spec);
        } catch (IOException | IllegalArgumentException e) {
            return NOWHERE; // no such user, or a file that is none
        }
    }

    private static String home(Accounts accounts, Spec spec) throws IOException, InvalidPathException {
        return accounts.named(Integer.toUnsignedString(spec.process().user().uid()))
                .home();
    }
}

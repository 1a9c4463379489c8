package io.carafe.engine.oci;

import io.carafe.engine.command.Command;
import io.carafe.engine.command.Usage;
import java.util.List;

/// The page of the program.
final class Help {
    private Help() {}

    static String page(List<Command> commands) {
        var page = new StringBuilder("""
                Usage:  carafe-runtime [OPTIONS] COMMAND

                An OCI runtime: makes containers of bundles, as runc does, for containerd, Docker, Podman and others

                Commands:
                """);
        for (Command command : commands) {
            page.append("  ").append(command.name());
            page.repeat(' ', Math.max(1, 12 - command.name().length()));
            page.append(command.purpose()).append('\n');
        }
        page.append('\n').append(Usage.options(Global.FLAGS));
        page.append("""

                Examples:
                  # Make a bundle here, of the system in /srv/debian, and run it
                  carafe-runtime spec && ln -s /srv/debian rootfs && sudo carafe-runtime run mine

                Run 'carafe-runtime COMMAND --help' for more information on a command.
                """);
        return page.toString();
    }
}

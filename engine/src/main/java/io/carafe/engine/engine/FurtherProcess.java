package io.carafe.engine.engine;

import io.carafe.engine.engine.Accounts.Account;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A further process that somebody wants in a container.
///
/// @param command     the program and its arguments
/// @param environment `NAME=VALUE`, beside the container's own
/// @param user        `NAME|UID[:GROUP|GID]`, "" for the container's own
/// @param workdir     absolute, "" for the container's own
/// @param privileged  it gets every capability that the container's root could have
/// @param streams     what its standard streams are
/// @param detached    nobody waits for it
public record FurtherProcess(
        List<String> command,
        List<String> environment,
        String user,
        String workdir,
        boolean privileged,
        RunOptions.Streams streams,
        boolean detached) {
    public FurtherProcess {
        command = List.copyOf(command);
        environment = List.copyOf(environment);
    }

    /// What it is, made of the container's own.
    ///
    /// @param place where the container's writes are
    /// @throws Refused if there is no such user in the container
    Spec.Process of(Spec.Process own, RunOptions container, Path place) {
        Account account = account(container, place);
        boolean sameUser = user.isEmpty();
        Spec.User who = sameUser
                ? own.user()
                : new Spec.User(account.uid(), account.gid(), own.user().umask(), account.groups());
        return new Spec.Process(
                streams.terminal(),
                streams.rows(),
                streams.columns(),
                who,
                command,
                variables(own, sameUser ? "" : account.home()),
                workdir.isEmpty() ? own.cwd() : workdir,
                capabilities(own, container, who),
                own.rlimits(),
                own.noNewPrivileges(),
                own.oomScoreAdj(),
                own.scheduler(),
                own.ioPriority(),
                own.apparmorProfile(),
                own.selinuxLabel(),
                own.execCPUAffinity());
    }

    private Account account(RunOptions container, Path place) {
        if (user.isEmpty()) {
            return new Account(0, 0, List.of(), "/");
        }
        var layers = new ArrayList<Path>(List.of(place.resolve("upper")));
        container.image().layers().forEach(layer -> layers.add(Path.of(layer)));
        try {
            return new Accounts(new BoxFiles(layers)).named(user);
        } catch (IllegalArgumentException | IOException e) {
            throw new Refused(List.of(new Problem("--user", String.valueOf(e.getMessage()))));
        }
    }

    private Capabilities capabilities(Spec.Process own, RunOptions container, Spec.User who) {
        long asked = privileged ? RunOptions.Security.ALL : container.security().capabilities();
        if (user.isEmpty() && !privileged) {
            return own.capabilities();
        }
        long possible = asked
                & (privileged ? RunOptions.Security.ALL : own.capabilities().bounding());
        return who.uid() == 0 ? Capabilities.ofRoot(possible) : Capabilities.ofUser(possible);
    }

    private List<String> variables(Spec.Process own, String home) {
        var variables = new ArrayList<>(own.env());
        if (!home.isEmpty()) {
            variables.removeIf(it -> it.startsWith("HOME="));
            variables.add("HOME=" + home);
        }
        if (streams.terminal() && variables.stream().noneMatch(it -> it.startsWith("TERM="))) {
            variables.add("TERM=xterm");
        }
        for (String variable : environment) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            variables.removeIf(it -> it.startsWith(name + "="));
            if (equals >= 0) {
                variables.add(variable);
            }
        }
        return variables;
    }
}

package io.carafe.engine.doctor;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Step;
import java.util.List;

/// What probes ask. The real one is [ThisMachine]; tests make others by hand.
interface Machine {
    Host host();

    /// The text of a file; `""` if it isn't there, or not for us.
    String text(String path);

    boolean exists(String path);

    /// Opens a file to read and write, and closes it.
    ///
    /// @return 0 or the error number
    int open(String path);

    /// The permission bits of a file, -1 if it isn't there.
    int mode(String path);

    /// Performs steps in a box that is thrown away. If the caller isn't root, the box has a user namespace too.
    ///
    /// @param outside    what is done before the box is made; the empty directories that it makes are removed
    /// @param namespaces `CLONE_NEW*`
    Tried box(List<Step> outside, long namespaces, List<Step> inside);

    /// The same with nothing outside.
    default Tried box(long namespaces, Step... inside) {
        return box(List.of(), namespaces, List.of(inside));
    }

    /// Puts a question to the kernel.
    ///
    /// @return 0 or more if it works, below zero the error number
    long ask(Question question);

    /// Where a program is, `""` for nowhere.
    String program(String name);

    /// Whether a file gives its capabilities to whoever executes it: by `security.capability`.
    boolean hasFileCapabilities(String path);

    /// Runs a program of the host, with no input, for some seconds at most.
    Ran run(String program, String... arguments);

    /// The caller's name, as `/etc/subuid` has it.
    String user();

    /// The nearest directory that is there to where images and boxes are kept.
    String dataDirectory();

    default boolean root() {
        return host().privileges().uid() == 0;
    }

    /// What steps in a box came to.
    ///
    /// @param error 0 if all of them worked
    /// @param made  whether there was a box to try them in
    record Tried(int error, boolean made) {
        boolean works() {
            return error == 0;
        }

        String words() {
            return Errno.words(error);
        }
    }

    /// How a program ended.
    ///
    /// @param code -1 if it couldn't be run
    /// @param out  the beginning of what it printed
    record Ran(int code, String out) {}
}

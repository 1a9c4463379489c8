package io.carafe.sandbox.planner;

import io.carafe.sandbox.plan.Step;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a container is made that others start, signal and delete: an OCI runtime's `create` and `run`.
///
/// @param parents       directories above its own that are made if they are missing
/// @param directory     where its state is kept, absolute; it must not be there yet
/// @param files         what is kept there, by name
/// @param pidFile       absolute; gets the process id, "" for none
/// @param consoleSocket absolute; gets the box's terminal, "" if that is the caller's
/// @param pidfdSocket   absolute; gets a pidfd, "" for none
/// @param keyring       it gets a session keyring of its own
/// @param preserved     descriptors from 3 on that the program gets
/// @param left          when it is left alone
/// @param monitor       who stays with it in the background, for [Left#STOPPED] and [Left#ENDED]; null for who asks for
///     it himself
public record Handover(
        List<String> parents,
        String directory,
        Map<String, String> files,
        String pidFile,
        String consoleSocket,
        String pidfdSocket,
        boolean keyring,
        int preserved,
        Left left,
        Step.@Nullable Monitor monitor) {
    public Handover {
        parents = List.copyOf(parents);
        files = Map.copyOf(files);
        if (monitor != null && left.isAlone()) {
            throw new IllegalArgumentException("a monitor of a container that is left alone");
        }
    }

    /// Without a monitor.
    public Handover(
            List<String> parents,
            String directory,
            Map<String, String> files,
            String pidFile,
            String consoleSocket,
            String pidfdSocket,
            boolean keyring,
            int preserved,
            Left left) {
        this(parents, directory, files, pidFile, consoleSocket, pidfdSocket, keyring, preserved, left, null);
    }

    /// The same, with somebody who stays with it.
    public Handover with(Step.Monitor other) {
        return new Handover(
                parents, directory, files, pidFile, consoleSocket, pidfdSocket, keyring, preserved, left, other);
    }

    /// When the executor ends, and what that means to the container.
    public enum Left {
        /// As it waits for its start.
        CREATED,
        /// As it runs.
        RUNNING,
        /// When its program has ended: it is stopped.
        STOPPED,
        /// When it has ended, and nothing of it is left.
        ENDED;

        /// Nobody waits for its end.
        boolean isAlone() {
            return this == CREATED || this == RUNNING;
        }
    }

    /// The FIFO that tells it to start.
    public String start() {
        return startOf(directory);
    }

    /// The FIFO in which it answers.
    public String answer() {
        return answerOf(directory);
    }

    /// As [#start], of the container whose state is there.
    public static String startOf(String directory) {
        return directory + "/start";
    }

    /// As [#answer], of the container whose state is there.
    public static String answerOf(String directory) {
        return directory + "/answer";
    }

    /// Where a container's first process is put down, as proc(5)'s `stat` has it.
    public static String processOf(String directory) {
        return directory + "/process";
    }
}

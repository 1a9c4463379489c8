package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The specification's state of a container as JSON (runtime.md, "State"), and what a seccomp agent gets with it
/// (config-linux.md, "The Container Process State"). Both name a process that isn't there yet when they are
/// written: so they come in pieces, and between one piece and the next stands the process id of the box, which
/// the executor knows.
public final class ContainerState {
    /// The version of the specification that is followed.
    public static final String OCI_VERSION = "1.3.0";

    private final List<String> pieces = new ArrayList<>();
    private StringBuilder piece = new StringBuilder();

    private ContainerState() {}

    /// What the agent of linux.seccomp.listenerPath gets, with the one descriptor `seccompFd`.
    ///
    /// @param metadata linux.seccomp.listenerMetadata, or ""
    public static List<String> forAgent(Spec.Container container, String metadata) {
        var json = new ContainerState();
        json.text("{\"ociVersion\":").string(OCI_VERSION).text(",\"fds\":[\"seccompFd\"],\"pid\":");
        json.pid(0);
        if (!metadata.isEmpty()) {
            json.text(",\"metadata\":").string(metadata);
        }
        json.text(",\"state\":").state(container).text("}");
        return json.end();
    }

    /// What a hook gets: what stands before the process id, and what behind it.
    public static List<String> forHook(Spec.Container container, String status) {
        return new ContainerState().state(container.is(status, 0)).end();
    }

    private ContainerState state(Spec.Container container) {
        text("{\"ociVersion\":").string(OCI_VERSION).text(",\"id\":").string(container.id());
        text(",\"status\":").string(container.status()).text(",\"pid\":").pid(container.pid());
        text(",\"bundle\":").string(container.bundle());
        if (!container.annotations().isEmpty()) {
            String before = ",\"annotations\":{";
            for (Map.Entry<String, String> annotation : container.annotations().entrySet()) {
                text(before).string(annotation.getKey()).text(":").string(annotation.getValue());
                before = ",";
            }
            text("}");
        }
        return text("}");
    }

    /// @param pid 0 for the box that isn't there yet
    private ContainerState pid(int pid) {
        if (pid != 0) {
            return text(Integer.toString(pid));
        }
        pieces.add(piece.toString());
        piece = new StringBuilder();
        return this;
    }

    private ContainerState text(String text) {
        piece.append(text);
        return this;
    }

    private ContainerState string(String value) {
        return text(JsonWriter.quoted(value));
    }

    private List<String> end() {
        pieces.add(piece.toString());
        return List.copyOf(pieces);
    }
}

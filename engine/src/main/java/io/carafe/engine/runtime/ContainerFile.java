package io.carafe.engine.runtime;

import io.carafe.sandbox.cgroup.Groups;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.InvalidSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is kept of a container when it is created, as JSON. Read and written by hand: every command reads it, and what
/// avaje needs until it can costs a cold JVM more than all the rest of the command.
///
/// @param bundle   the directory of its `config.json`, absolute
/// @param rootfs   the directory that is its root
/// @param created  RFC 3339
/// @param owner    user id of who has created it
/// @param groups   where its control groups are
/// @param keyring  its processes have the session keyring of who has made it
/// @param pids     it has a process table of its own: with its first process all others end
/// @param directories what else is made for it on the host, and is removed with it: groups of resctrl
public record ContainerFile(
        String id,
        String version,
        String bundle,
        String rootfs,
        String created,
        int owner,
        Map<String, String> annotations,
        Groups groups,
        boolean keyring,
        boolean pids,
        List<String> directories) {

    /// @throws InvalidSpec if it isn't what we have written
    static ContainerFile ofJson(String json) {
        var problems = new ArrayList<Problem>();
        Node file = Node.of(json, "container.json", problems);
        Node groups = file.get("groups");
        Node unit = groups.get("unit");
        var read = new ContainerFile(
                file.get("id").needed(),
                file.get("version").text(),
                file.get("bundle").text(),
                file.get("rootfs").text(),
                file.get("created").text(),
                file.get("owner").id(),
                texts(file.get("annotations")),
                new Groups(
                        groups.get("unified").text(),
                        texts(groups.get("v1")),
                        groups.get("made").texts(),
                        new Groups.Unit(
                                unit.get("name").text(),
                                unit.get("slice").text(),
                                unit.get("socket").text(),
                                unit.get("direct").truth())),
                file.get("keyring").truth(),
                file.get("pids").truth(),
                file.get("directories").texts());
        if (!problems.isEmpty()) {
            throw new InvalidSpec(problems);
        }
        return read;
    }

    private static Map<String, String> texts(Node object) {
        var texts = new LinkedHashMap<String, String>();
        for (Map.Entry<String, Node> property : object.properties().entrySet()) {
            texts.put(property.getKey(), property.getValue().text());
        }
        return texts;
    }

    String json() {
        Groups.Unit unit = groups.unit();
        var json = new JsonWriter().beginObject();
        json.put("id", id).put("version", version).put("bundle", bundle).put("rootfs", rootfs);
        json.put("created", created).put("owner", Integer.toUnsignedLong(owner)).put("annotations", annotations);
        json.name("groups").beginObject();
        json.put("unified", groups.unified()).put("v1", groups.v1()).put("made", groups.made());
        json.name("unit").beginObject();
        json.put("name", unit.name()).put("slice", unit.slice()).put("socket", unit.socket());
        json.put("direct", unit.direct()).endObject().endObject();
        json.put("keyring", keyring).put("pids", pids).put("directories", directories);
        return json.endObject().text();
    }
}

package io.carafe.engine.runtime;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import io.carafe.sandbox.cgroup.Groups;
import java.util.List;
import java.util.Map;

/// What is kept of a container when it is created, as JSON.
///
/// @param bundle   the directory of its `config.json`, absolute
/// @param rootfs   the directory that is its root
/// @param created  RFC 3339
/// @param owner    user id of who has created it
/// @param groups   where its control groups are
/// @param keyring  its processes have the session keyring of who has made it
/// @param pids     it has a process table of its own: with its first process all others end
/// @param directories what else is made for it on the host, and is removed with it: groups of resctrl
@Json
@Json.Import({Groups.class, Groups.Unit.class})
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

    static ContainerFile ofJson(String json) {
        return Jsonb.instance().type(ContainerFile.class).fromJson(json);
    }

    String json() {
        return Jsonb.instance().type(ContainerFile.class).toJson(this);
    }
}

package io.carafe.sandbox.judge;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A job as a line of JSON. Docs: `docs/judge.md`, "Many jobs".
///
/// ```json
/// {"id": "17", "command": ["./a"], "compile": ["gcc", "-o", "a", "a.c"],
///  "files": [{"name": "a.c", "text": "…"}, {"name": "data", "from": "in/data", "mode": 420}],
///  "input": "1 2\n", "limits": {"cpuMillis": 1000, "memory": 67108864}, "fetch": ["out"], "pinned": true}
/// ```
///
/// @param id  what its verdict is told by; "" for none
public record JobJson(String id, Job job) {
    private static final Set<String> NAMES = Set.of(
            "id", "command", "compile", "files", "input", "inputFrom", "environment", "limits", "fetch", "pinned");
    private static final int READABLE = 0644;
    private static final int PERMISSIONS = 0777;
    private static final long DAY = Duration.ofDays(1).toMillis();

    /// Reads one.
    ///
    /// @param base what the job has unless the line says otherwise
    /// @param from where relative paths of the host begin
    /// @throws IllegalArgumentException with every problem, one after the other
    public static JobJson parse(String line, Job base, Path from) {
        var problems = new ArrayList<Problem>();
        Node node = Node.of(line, "job", problems).object();
        for (Map.Entry<String, Node> property : node.properties().entrySet()) {
            if (!NAMES.contains(property.getKey())) {
                property.getValue().problem("a job has nothing of that name");
            }
        }
        JobJson read = null;
        try {
            read = new JobJson(node.get("id").plain(), job(node, base, from));
        } catch (IllegalArgumentException e) {
            problems.add(new Problem("job", String.valueOf(e.getMessage())));
        }
        if (read == null || !problems.isEmpty()) {
            throw new IllegalArgumentException(
                    String.join("; ", problems.stream().map(Problem::toString).toList()));
        }
        return read;
    }

    private static Job job(Node node, Job base, Path from) {
        Job job = base;
        if (node.get("command").isThere()) {
            job = job.command(node.get("command").texts());
        }
        if (job.command().isEmpty()) {
            node.get("command").problem("is missing");
        }
        if (node.get("compile").isThere()) {
            job = job.compile(node.get("compile").texts());
        }
        for (Map.Entry<String, Node> variable :
                node.get("environment").properties().entrySet()) {
            job = job.environment(variable.getKey(), variable.getValue().text());
        }
        for (Node file : node.get("files").objects()) {
            int mode = (int) file.get("mode").number(0, PERMISSIONS, READABLE);
            job = job.file(file.get("name").needed(), mode, content(file, "text", "from", from));
        }
        if (node.get("input").isThere() || node.get("inputFrom").isThere()) {
            job = job.input(content(node, "input", "inputFrom", from));
        }
        job = job.limits(limits(node.get("limits"), job.limits()));
        List<String> fetch = node.get("fetch").texts();
        if (node.get("pinned").isThere()) {
            job = job.pinned(node.get("pinned").truth());
        }
        return job.fetch(fetch.toArray(String[]::new));
    }

    private static Content content(Node node, String text, String path, Path from) {
        boolean both = node.get(text).isThere() && node.get(path).isThere();
        if (both || !(node.get(text).isThere() || node.get(path).isThere())) {
            node.get(text).problem("either this or " + path + " says what is in it");
        }
        return node.get(path).isThere()
                ? Content.of(from.resolve(node.get(path).text()))
                : Content.of(node.get(text).text());
    }

    private static Limits limits(Node node, Limits base) {
        Set<String> names = Set.of(
                "cpuMillis",
                "extraMillis",
                "wallMillis",
                "memory",
                "processes",
                "output",
                "fileSize",
                "openFiles",
                "stack",
                "disk",
                "files");
        for (Map.Entry<String, Node> property : node.properties().entrySet()) {
            if (!names.contains(property.getKey())) {
                property.getValue().problem("there is no limit of that name");
            }
        }
        return new Limits(
                millis(node.get("cpuMillis"), base.cpu()),
                millis(node.get("extraMillis"), base.extra()),
                millis(node.get("wallMillis"), base.wall()),
                node.get("memory").number(0, Long.MAX_VALUE, base.memory()),
                (int) node.get("processes").number(0, Integer.MAX_VALUE, base.processes()),
                (int) node.get("output").number(0, Integer.MAX_VALUE, base.output()),
                node.get("fileSize").number(0, Long.MAX_VALUE, base.fileSize()),
                (int) node.get("openFiles").number(0, Integer.MAX_VALUE, base.openFiles()),
                node.get("stack").number(0, Long.MAX_VALUE, base.stack()),
                node.get("disk").number(0, Long.MAX_VALUE, base.disk()),
                (int) node.get("files").number(0, Integer.MAX_VALUE, base.files()));
    }

    private static Duration millis(Node node, Duration base) {
        return node.isThere() ? Duration.ofMillis(node.number(0, DAY, base.toMillis())) : base;
    }
}

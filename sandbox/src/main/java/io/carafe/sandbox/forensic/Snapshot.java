package io.carafe.sandbox.forensic;

import io.carafe.sandbox.forensic.Forensics.Bounds;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is kept of a box that stands still: `docs/forensics.md` has the list of files. Whatever can't
/// be read is left out, and a note in the manifest says so.
final class Snapshot {
    private static final List<String> TEXTS = List.of(
            "status", "stat", "maps", "smaps_rollup", "limits", "cgroup", "mountinfo", "environ", "cmdline", "auxv");
    private static final int STACK_WORDS = 64;
    private static final int CHUNK = 1 << 20;

    private final Bundle bundle;
    private final Bounds bounds;
    private final boolean arm;
    private final Tracer tracer = new Tracer();
    private long memoryLeft;

    /// A process and its threads, those that run first.
    private record Seen(ProcFiles proc, List<Integer> threads) {}

    Snapshot(Bundle bundle, Bounds bounds, boolean arm) {
        this.bundle = bundle;
        this.bounds = bounds;
        this.arm = arm;
        this.memoryLeft = bounds.memory();
    }

    /// Takes it. Called by a thread that ends afterwards, and all that it traces with it.
    ///
    /// @param upper of its root; null if that isn't copy-on-write
    /// @param pids  of the box
    /// @param thaw  see [Tracer#stop]
    void take(Violation violation, CaughtBox box, @Nullable Fd upper, List<Integer> pids, Runnable thaw)
            throws IOException, InterruptedException {
        bundle.text("policy.json", box.policy().get() + "\n");
        bundle.text("plan.json", box.plan().get() + "\n");
        for (Map.Entry<String, byte[]> stream : box.output().get().entrySet()) {
            bundle.bytes(stream.getKey(), stream.getValue());
        }
        var seen = new ArrayList<Seen>();
        try {
            look(violation, pids, seen);
            tracer.stop(seen.stream().flatMap(it -> it.threads.stream()).toList(), thaw, bounds.patience());
            writeTree(seen);
            for (Seen each : seen) {
                write(each);
            }
            var changes = new Changes(bundle, bounds);
            if (upper != null) {
                changes.ofRoot(upper, box.ownUsers());
            }
            if (!seen.isEmpty()) {
                changes.inMemory(seen.getFirst().proc);
            }
            changes.finish();
        } finally {
            seen.forEach(it -> it.proc.close());
        }
    }

    /// The one that made the call comes first, and its calling thread first of its threads: where
    /// memory is bounded, its own is kept.
    private void look(Violation violation, List<Integer> pids, List<Seen> seen) {
        var sorted = new ArrayList<>(pids);
        sorted.sort(Comparator.comparing(it -> it != violation.process()));
        if (sorted.size() > bounds.processes()) {
            bundle.note("%d processes of %d are left out".formatted(sorted.size() - bounds.processes(), sorted.size()));
        }
        for (int pid : sorted.subList(0, Math.min(sorted.size(), bounds.processes()))) {
            try {
                ProcFiles proc = ProcFiles.open(pid);
                List<Integer> threads = new ArrayList<>();
                for (String name : proc.in("task")) {
                    String stat = proc.text("task/" + name + "/stat");
                    if (!stat.isEmpty() && "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0) {
                        threads.add(Integer.valueOf(name));
                    }
                }
                threads.sort(Comparator.comparing((Integer it) -> it != violation.thread())
                        .thenComparing(it -> it));
                seen.add(new Seen(proc, threads));
            } catch (ErrnoException e) {
                bundle.note("process " + pid + " has ended");
            }
        }
    }

    private void writeTree(List<Seen> seen) throws IOException {
        var json = new JsonWriter().beginList();
        for (Seen each : seen) {
            ProcFiles proc = each.proc;
            json.beginObject()
                    .put("process", proc.pid())
                    .put("parent", number(proc.status("PPid")))
                    .put("boxProcess", proc.inside(proc.pid()))
                    .put("name", proc.status("Name"))
                    .put("state", proc.status("State"))
                    .put("executable", proc.link("exe"))
                    .put("workingDirectory", proc.link("cwd"))
                    .put("threads", each.threads.size())
                    .put("command", command(proc))
                    .endObject();
        }
        bundle.json("processes.json", json.endList());
    }

    private static List<String> command(ProcFiles proc) {
        String text = proc.text("cmdline");
        return text.isEmpty() ? List.of() : List.of(text.replaceAll("\0$", "").split("\0", -1));
    }

    private void write(Seen seen) throws IOException {
        ProcFiles proc = seen.proc;
        String place = "process-" + proc.pid();
        bundle.directory(place);
        for (String name : TEXTS) {
            bundle.bytes(place + "/" + name, proc.bytes(name));
        }
        descriptors(proc, place);
        var threads = new ArrayList<CoreThread>();
        var json = new JsonWriter().beginList();
        for (int id : seen.threads) {
            String task = "task/" + id + "/";
            CoreThread thread = tracer.of(id, arm, proc.text(task + "syscall"));
            threads.add(thread);
            thread(json, proc, task, thread);
        }
        bundle.json(place + "/threads.json", json.endList());
        if (!threads.isEmpty()) {
            // as its own memory numbers them, or a debugger would find more threads than there are
            core(
                    proc,
                    place,
                    threads.stream()
                            .map(it -> new CoreThread(proc.inside(it.id()), it.registers(), it.floating()))
                            .toList());
        }
    }

    private void descriptors(ProcFiles proc, String place) throws IOException {
        var sorted = new TreeMap<Integer, String>();
        proc.in("fd").forEach(it -> sorted.put(Integer.valueOf(it), proc.link("fd/" + it)));
        var json = new JsonWriter().beginList();
        for (Map.Entry<Integer, String> fd : sorted.entrySet()) {
            json.beginObject()
                    .put("number", fd.getKey())
                    .put("target", fd.getValue())
                    .put("information", proc.text("fdinfo/" + fd.getKey()))
                    .endObject();
        }
        bundle.json(place + "/descriptors.json", json.endList());
    }

    private void thread(JsonWriter json, ProcFiles proc, String task, CoreThread thread) {
        json.beginObject()
                .put("thread", thread.id())
                .put("name", proc.text(task + "comm").strip())
                .put("stopped", tracer.hasSeen(thread.id()))
                .put("kernelStack", proc.text(task + "stack"))
                .name("registers")
                .beginObject();
        Registers.named(arm, thread.registers()).forEach((name, value) -> json.put(name, Words.hex(value)));
        json.endObject().name("stack").beginList();
        byte[] stack = proc.memory(Registers.stack(arm, thread.registers()), STACK_WORDS * 8);
        ByteBuffer words = ByteBuffer.wrap(stack).order(ByteOrder.LITTLE_ENDIAN);
        while (words.remaining() >= 8) {
            json.value(Words.hex(words.getLong()));
        }
        json.endList().endObject();
    }

    /// What is known of a process beside its memory.
    private static CoreProcess process(ProcFiles proc) {
        return new CoreProcess(
                proc.inside(proc.pid()),
                0,
                (int) number(proc.status("Uid").split("\t")[0]),
                (int) number(proc.status("Gid").split("\t")[0]),
                proc.status("Name"),
                String.join(" ", command(proc)),
                ByteBuffer.wrap(proc.bytes("auxv")));
    }

    private void core(ProcFiles proc, String place, List<CoreThread> threads) throws IOException {
        List<Mapping> mappings = Mapping.parse(proc.text("maps"));
        Map<Mapping, Long> sizes = sizes(mappings, threads);
        var segments = new ArrayList<Core.Segment>();
        try (FileChannel memory = FileChannel.open(proc.path("mem"), StandardOpenOption.READ);
                Bundle.Sink core = bundle.file(place + "/core")) {
            for (Mapping mapping : mappings) {
                segments.add(new Core.Segment(mapping, sizes.getOrDefault(mapping, 0L)));
            }
            byte[] head = Core.head(arm, process(proc), threads, segments);
            core.write(ByteBuffer.wrap(head));
            core.write(ByteBuffer.allocate((int) (Core.begin(head) - head.length)));
            for (Core.Segment segment : segments) {
                copy(memory, segment.mapping().start(), segment.size(), core);
            }
        } catch (IOException e) {
            bundle.note("the memory of process " + proc.pid() + " can't be read: " + e.getMessage());
        }
    }

    /// How much of each is kept: the stacks first, then what can be written to, then the rest that can
    /// be read.
    private Map<Mapping, Long> sizes(List<Mapping> mappings, List<CoreThread> threads) {
        var wanted = new ArrayList<>(mappings);
        wanted.removeIf(it -> !it.isReadable());
        wanted.sort(Comparator.comparingInt(it -> rank(it, threads)));
        var sizes = new LinkedHashMap<Mapping, Long>();
        long left = 0;
        for (Mapping mapping : wanted) {
            long size = Math.min(mapping.size(), memoryLeft / 4096 * 4096);
            memoryLeft -= size;
            left += mapping.size() - size;
            sizes.put(mapping, size);
        }
        if (left > 0) {
            bundle.note(left + " bytes of memory are left out");
        }
        return sizes;
    }

    private int rank(Mapping mapping, List<CoreThread> threads) {
        for (CoreThread thread : threads) {
            if (mapping.has(Registers.stack(arm, thread.registers()))
                    || mapping.has(Registers.instruction(arm, thread.registers()))) {
                return 0;
            }
        }
        return mapping.path().startsWith("[") ? 1 : mapping.isWritable() ? 2 : 3;
    }

    /// What the kernel refuses to show, pages behind the end of a file, becomes zeros.
    private static void copy(FileChannel memory, long from, long size, Bundle.Sink core) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        for (long at = 0; at < size; ) {
            buffer.clear().limit((int) Math.min(CHUNK, size - at));
            try {
                while (buffer.hasRemaining() && memory.read(buffer, from + at + buffer.position()) > 0) {}
            } catch (IOException e) {
                // EIO: not even a page of it
            }
            at += buffer.limit();
            while (buffer.hasRemaining()) {
                buffer.put((byte) 0);
            }
            core.write(buffer.flip());
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

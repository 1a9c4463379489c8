package io.carafe.engine.daemon;

import io.carafe.engine.command.Cli;
import io.carafe.engine.oci.Rehearsal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// `--train`: serves itself the common requests over a real socket, so that the AOT cache that the JVM writes at
/// its end (build/train) has every class of a cold command. Plans are made, none is performed.
final class Training {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("run", "host", "true"),
            List.of("run", "--rm", "-i", "-t", "--memory", "64m", "--cpus", "1", "--pids-limit", "20", "host", "true"),
            List.of("explain", "host", "true"),
            List.of("explain", "--format", "json", "host", "true"),
            List.of("version"),
            List.of("--help"),
            List.of("help", "run"),
            List.of("run"),
            List.of("--data-root", "/nonexistent", "pull", "127.0.0.1:1/none"), // refused; the HTTP client is large
            List.of("no-such-command"));

    /// About images; `@` is a directory in which [TrainingImages] has made a data root.
    private static final List<List<String>> IMAGES = List.of(
            List.of("--data-root", "@/data", "images"),
            List.of("--data-root", "@/data", "images", "--format", "{{.ID}} {{.Size}}", "train"),
            List.of("--data-root", "@/data", "inspect", "train"),
            List.of("--data-root", "@/data", "inspect", "--format", "{{.Config.Cmd}}", "train"),
            List.of("--data-root", "@/data", "history", "train"),
            List.of("--data-root", "@/data", "tree", "train"),
            List.of("--data-root", "@/data", "run", "--rm", "train", "-c", "true"),
            List.of("--data-root", "@/data", "run", "-it", "--rm", "-e", "A=c", "train"),
            List.of("--data-root", "@/data", "run", "--pull", "never", "no-such-image"),
            List.of("--data-root", "@/data", "inspect", "no-such-image"));

    /// Of `carafe-runtime`, as containerd, Podman and Docker ask; `@` is a directory that [#containers] has filled.
    private static final List<List<String>> RUNTIME = List.of(
            List.of("--root", "@/state", "create", "--bundle", "@/bundle", "--pid-file", "@/pid", "new"),
            List.of("--root", "@/state", "run", "--bundle", "@/bundle", "new"),
            List.of("--root", "@/state", "--log", "@/log", "--log-format", "json", "start", "box"),
            List.of("--root", "@/state", "state", "box"),
            List.of("--root", "@/state", "state", "ended"),
            List.of("--root", "@/state", "exec", "box", "true"),
            List.of("--root", "@/state", "exec", "--process", "@/process", "-d", "--pid-file", "@/pid", "box"),
            List.of("--root", "@/state", "kill", "box", "KILL"),
            List.of("--root", "@/state", "kill", "--all", "ended", "9"),
            List.of("--root", "@/state", "delete", "ended"),
            List.of("--root", "@/state", "delete", "--force", "box"),
            List.of("--root", "@/state", "delete", "--force", "missing"),
            List.of("--root", "@/state", "list"),
            List.of("--root", "@/state", "pause", "box"),
            List.of("--root", "@/state", "update", "--pids-limit", "10", "box"),
            List.of("--root", "@/state", "--log", "@/log", "--log-format", "json", "state", "missing"),
            List.of("--version"),
            List.of("--help"));

    private static final String CARAFE = "carafe";
    private static final String CARAFE_RUNTIME = "carafe-runtime";

    private Training() {}

    static void run(Cli cli) throws IOException {
        System.inheritedChannel(); // there is none, but its classes belong into the cache
        Path directory = Files.createTempDirectory("carafe-train");
        Path path = directory.resolve("daemon");
        containers(directory);
        TrainingImages.make(directory.resolve("data"));
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(path));
            long inode = (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
            var server = new Server(listener, new SocketFile(path.toString(), inode), cli, Duration.ofSeconds(1));
            Thread.ofPlatform().daemon().name("training").start(() -> ask(path));
            server.serve();
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// A bundle, and the states of a container that waits for its start, which we ourselves seem to be, and of one that
    /// has ended.
    private static void containers(Path directory) throws IOException {
        Path bundle = Files.createDirectories(directory.resolve("bundle"));
        String config = Rehearsal.config("/");
        Files.writeString(bundle.resolve("config.json"), config);
        Files.writeString(
                directory.resolve("process"),
                "{\"args\":[\"true\"],\"cwd\":\"/\",\"env\":[\"A=b\"],\"user\":{\"uid\":0,\"gid\":0}}");
        Files.writeString(Path.of("/proc/self/comm"), "carafe-box");
        for (String name : List.of("box", "ended")) {
            Path state = Files.createDirectories(directory.resolve("state").resolve(name));
            Files.writeString(state.resolve("config.json"), config);
            Files.writeString(state.resolve("container.json"), container(name, bundle));
            Files.writeString(state.resolve("start"), "");
        }
        String box = Files.readString(Path.of("/proc/self/stat"));
        Files.writeString(directory.resolve("state/box/process"), box);
        Files.writeString(
                directory.resolve("state/ended/process"), "4194304" + box.substring(box.indexOf(' '))); // PID_MAX_LIMIT
    }

    private static String container(String name, Path bundle) {
        String group = "/sys/fs/cgroup/carafe-train";
        return "{\"id\":\"" + name + "\",\"version\":\"1.3.0\",\"bundle\":\"" + bundle
                + "\",\"rootfs\":\"/\",\"created\":\"2026-11-22T00:00:00Z\",\"owner\":0,\"annotations\":{\"a\":\"b\"},"
                + "\"groups\":{\"unified\":\"" + group + "\",\"v1\":{\"name=systemd\":\"" + group
                + "-s\",\"freezer\":\"" + group + "-f\",\"pids\":\""
                + group
                + "-p\"},\"made\":[\"" + group + "\",\"" + group
                + "-f\"],\"unit\":{\"name\":\"\",\"slice\":\"\",\"socket\":\"\",\"direct\":false}},\"pids\":true}";
    }

    private static void ask(Path path) {
        try {
            ByteBuffer plan = ByteBuffer.allocate(0);
            for (List<String> command : COMMANDS) {
                plan = plan(exchange(path, command(CARAFE, command)), plan);
            }
            exchange(path, failed(CARAFE, plan));
            String directory = String.valueOf(path.getParent());
            for (List<String> command : IMAGES) {
                plan = plan(exchange(path, command(CARAFE, in(directory, command))), plan);
            }
            for (List<String> command : RUNTIME) {
                plan = plan(exchange(path, command(CARAFE_RUNTIME, in(directory, command))), plan);
            }
            exchange(path, failed(CARAFE_RUNTIME, plan));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> in(String directory, List<String> command) {
        return command.stream().map(it -> it.replace("@", directory)).toList();
    }

    private static ByteBuffer exchange(Path path, ByteBuffer request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            while (request.hasRemaining()) {
                channel.write(request);
            }
            ByteBuffer answer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
            while (channel.read(answer) != -1) {
                // until the last reply
            }
            return answered(answer.flip());
        }
    }

    /// What isn't answered trains nobody, and a cold command is slow then.
    private static ByteBuffer answered(ByteBuffer answer) throws IOException {
        ByteBuffer rest = answer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            int length = rest.getInt() - 1;
            byte type = rest.get();
            if (type == Protocol.PLAN || type == Protocol.EXIT) {
                return answer;
            }
            rest.position(rest.position() + length);
        }
        throw new IOException("the training asks what nobody answers: see Protocol");
    }

    /// The plan in an answer, or the one before.
    private static ByteBuffer plan(ByteBuffer answer, ByteBuffer before) {
        while (answer.hasRemaining()) {
            int length = answer.getInt() - 1;
            byte type = answer.get();
            if (type == Protocol.PLAN) {
                return answer.slice(answer.position(), length);
            }
            answer.position(answer.position() + length);
        }
        return before;
    }

    /// Asks for words: the first step inside could not be done.
    private static ByteBuffer failed(String name, ByteBuffer plan) {
        int report = 72;
        ByteBuffer body = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(0).put(Protocol.ENDED).put((byte) 7).putShort((short) 24).putShort((short) 80);
        put(body, name);
        put(body, "/");
        body.putInt(0); // no arguments
        body.putInt(report);
        body.slice(body.position(), report)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(2) // OUTCOME_FAILED
                .putInt(0)
                .putInt(1) // PART_INSIDE
                .putInt(0)
                .putInt(1) // EPERM
                .putInt(56, -1); // no undo step failed
        body.position(body.position() + report);
        body.putInt(plan.remaining()).put(plan);
        return body.putInt(0, body.position() - 4).flip();
    }

    private static ByteBuffer command(String name, List<String> arguments) {
        ByteBuffer body = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(0).put(Protocol.COMMAND); // the length comes last
        body.putInt(022).putInt(1000).putInt(1000).putInt(0);
        body.put((byte) 7).putShort((short) 24).putShort((short) 80);
        put(body, name);
        put(body, "/");
        put(body, "");
        body.putInt(arguments.size());
        arguments.forEach(argument -> put(body, argument));
        body.putInt(2);
        put(body, "PATH=/usr/bin:/bin");
        put(body, "TERM=xterm");
        body.put((byte) 0).putInt(0); // standard input isn't read
        return body.putInt(0, body.position() - 4).flip();
    }

    private static void put(ByteBuffer body, String string) {
        byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
        body.putInt(bytes.length).put(bytes);
    }
}

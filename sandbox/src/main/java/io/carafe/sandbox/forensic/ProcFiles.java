package io.carafe.sandbox.forensic;

import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// What the kernel says of one process: its `/proc` directory, held by a descriptor, so that whoever
/// gets its number later isn't taken for it. What can't be read is empty.
final class ProcFiles implements AutoCloseable {
    /// Of one file. Only maps of a program that wants to be a nuisance are longer.
    static final int TEXT_MAX = 8 << 20;

    private final int pid;
    private final Fd directory;
    private final Path path;

    private ProcFiles(int pid, Fd directory) {
        this.pid = pid;
        this.directory = directory;
        this.path = Path.of("/proc/self/fd/" + directory.number());
    }

    /// @throws ErrnoException if there is no such process or thread any more
    static ProcFiles open(int pid) throws ErrnoException {
        return new ProcFiles(pid, Fcntl.open(Path.of("/proc/" + pid), Fcntl.O_RDONLY | Fcntl.O_DIRECTORY, 0));
    }

    int pid() {
        return pid;
    }

    Path path(String name) {
        return path.resolve(name);
    }

    byte[] bytes(String name) {
        try (InputStream in = Files.newInputStream(path(name))) {
            return in.readNBytes(TEXT_MAX);
        } catch (IOException e) {
            return new byte[0]; // it has ended, or isn't ours to ask
        }
    }

    /// Bytes that are no text become U+FFFD: names in it are the box's, and may be anything.
    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /// Where a link leads.
    String link(String name) {
        try {
            return Files.readSymbolicLink(path(name)).toString();
        } catch (IOException e) {
            return "";
        }
    }

    List<String> in(String name) {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(name))) {
            entries.forEach(it -> names.add(it.getFileName().toString()));
        } catch (IOException | DirectoryIteratorException e) {
            return names;
        }
        return names;
    }

    /// A line of `status`, as `NSpid`; `""` if there is none.
    String status(String field) {
        return status("status", field);
    }

    /// The number that a thread has in the innermost PID namespace, as it knows itself.
    int inside(int thread) {
        String numbers = status("task/" + thread + "/status", "NSpid");
        String last = numbers.substring(numbers.lastIndexOf('\t') + 1);
        return last.matches("[0-9]{1,9}") ? Integer.parseInt(last) : thread;
    }

    private String status(String file, String field) {
        for (String line : text(file).split("\n")) {
            if (line.startsWith(field + ":")) {
                return line.substring(field.length() + 1).strip();
            }
        }
        return "";
    }

    /// Reads memory, as far as it can be read.
    ///
    /// @return at most `length` bytes, fewer or none where nothing is mapped
    byte[] memory(long address, int length) {
        if (address < 0 || length <= 0) {
            return new byte[0];
        }
        ByteBuffer read = ByteBuffer.allocate(length);
        try (FileChannel memory = FileChannel.open(path("mem"), StandardOpenOption.READ)) {
            while (read.hasRemaining() && memory.read(read, address + read.position()) > 0) {}
        } catch (IOException e) {
            // EIO where nothing is mapped: what lies before it counts
        }
        byte[] bytes = new byte[read.position()];
        read.flip().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        directory.close();
    }
}

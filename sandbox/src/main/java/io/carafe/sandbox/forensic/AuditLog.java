package io.carafe.sandbox.forensic;

import io.carafe.sandbox.json.JsonWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A log of forbidden calls: lines of JSON, which are only ever added. Each carries a number, the hash
/// of the line before and a hash of its own, so that [#verify] finds what somebody has altered, taken
/// out or put elsewhere.
///
/// A line is on disk when [#append] returns. A machine that stops in the middle of one leaves a torn
/// line: the next one then says so, and follows the last whole one.
public final class AuditLog {
    private static final String NOTHING = "0".repeat(64);
    private static final int LINE_MAX = 256 << 10;
    private static final Object APPENDING = new Object(); // the kernel's lock is the whole JVM's
    private static final Pattern BEGIN =
            Pattern.compile("\\{\"sequence\":([1-9][0-9]{0,17}),\"previous\":\"([0-9a-f]{64})\"(,\"torn\":true)?,");
    private static final Pattern END = Pattern.compile(",\"hash\":\"([0-9a-f]{64})\"}");

    private final Path file;

    public AuditLog(Path file) {
        this.file = file;
    }

    /// Adds a line, and returns when it is on disk.
    public void append(Violation violation) throws IOException {
        synchronized (APPENDING) {
            var rights = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            var options = Set.of(
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    LinkOption.NOFOLLOW_LINKS);
            try (FileChannel channel = FileChannel.open(file, options, rights);
                    FileChannel end = FileChannel.open(file, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = channel.lock()) {
                if (!lock.isValid()) {
                    throw new IOException(file + ": not locked");
                }
                Tail tail = tail(channel);
                String line = (tail.open ? "\n" : "") + line(tail, violation) + "\n";
                ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    end.write(bytes);
                }
                end.force(true);
            }
        }
    }

    /// How a log ends.
    ///
    /// @param sequence of the last whole line
    /// @param open     what stands last has no end of a line
    /// @param torn     nor is it whole
    private record Tail(long sequence, String hash, boolean open, boolean torn) {}

    private static Tail tail(FileChannel channel) throws IOException {
        long size = channel.size();
        for (int length = 64 << 10; ; length *= 2) {
            long from = Math.max(0, size - length);
            ByteBuffer buffer = ByteBuffer.allocate((int) (size - from));
            while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {}
            String text = new String(buffer.array(), StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n');
            boolean open = end + 1 < text.length();
            Line last = open ? Line.of(text.substring(end + 1)) : null;
            if (last != null) {
                return new Tail(last.sequence, last.hash, true, false);
            }
            while (end > 0) {
                int begin = text.lastIndexOf('\n', end - 1);
                Line line = Line.of(text.substring(begin + 1, end));
                if (line != null && (begin >= 0 || from == 0)) {
                    return new Tail(line.sequence, line.hash, open, open);
                }
                end = begin;
            }
            if (from == 0) {
                return new Tail(0, NOTHING, open, open);
            }
            if (length > LINE_MAX * 16) {
                throw new IOException("no line of an audit log in its last " + length + " bytes");
            }
        }
    }

    private static String line(Tail tail, Violation violation) {
        var json = new JsonWriter()
                .beginObject()
                .put("sequence", tail.sequence + 1)
                .put("previous", tail.hash);
        if (tail.torn) {
            json.put("torn", true);
        }
        Words.put(json, violation);
        String open = json.text();
        return open + ",\"hash\":\"" + hash(open) + "\"}";
    }

    /// A whole line whose own hash is right.
    private record Line(long sequence, String previous, boolean torn, String hash) {
        static @Nullable Line of(String text) {
            Matcher begin = BEGIN.matcher(text);
            int at = text.lastIndexOf(",\"hash\":");
            if (at < 0 || !begin.lookingAt()) {
                return null;
            }
            Matcher end = END.matcher(text.substring(at));
            if (!end.matches() || !end.group(1).equals(AuditLog.hash(text.substring(0, at)))) {
                return null;
            }
            return new Line(Long.parseLong(begin.group(1)), begin.group(2), begin.group(3) != null, end.group(1));
        }
    }

    /// Reads all of it, and finds the first thing that is wrong.
    public LogCheck verify() throws IOException {
        long lines = 0;
        long torn = 0;
        long sequence = 0;
        String hash = NOTHING;
        boolean broken = false;
        String text = Files.readString(file, StandardCharsets.ISO_8859_1); // bytes: a torn line ends anywhere
        String[] all = text.isEmpty() ? new String[0] : text.split("\n", -1);
        for (int i = 0; i < all.length; i++) {
            boolean last = i + 1 == all.length;
            if (last && all[i].isEmpty()) {
                break;
            }
            String utf8 = new String(all[i].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            Line line = Line.of(utf8);
            String problem = "";
            if (line == null) {
                torn++;
                problem = broken ? "line %d is altered".formatted(i) : "";
                broken = true;
            } else if (broken && !line.torn) {
                problem = "line %d is altered".formatted(i);
            } else if (line.sequence != sequence + 1) {
                problem = "line %d is number %d of the log, and number %d should be there: lines are missing, or in"
                                .formatted(i + 1, line.sequence, sequence + 1)
                        + " another order";
            } else if (!line.previous.equals(hash)) {
                problem = "line %d doesn't follow the one before it".formatted(i + 1);
            }
            if (!problem.isEmpty()) {
                return new LogCheck(lines, torn, hash, problem);
            }
            if (line != null) {
                lines++;
                sequence = line.sequence;
                hash = line.hash;
                broken = false;
            }
        }
        boolean altered = broken && text.endsWith("\n");
        return new LogCheck(lines, torn, hash, altered ? "the last line is altered" : "");
    }

    static String hash(String text) {
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JVM has it
        }
    }
}

package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `/etc/ld.so.cache` as ldconfig(8) of glibc 2.2 and later writes it (sysdeps/generic/dl-cache.h): which library is
/// where.
///
/// @param entries in the file's order
record LoaderCache(boolean bigEndian, List<Entry> entries) {
    static final String PATH = "/etc/ld.so.cache";
    static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
    static final int HEADER = 48;
    static final int ENTRY = 24;
    static final int EXTENSION_MAGIC = 0xeaa42174;
    static final int EXTENSION_HWCAPS = 1;

    /// The rest of the number is an index among the names of subdirectories below `glibc-hwcaps`.
    static final long HWCAP_EXTENSION = 1L << 62;

    private static final byte[] OLD_MAGIC = "ld.so-1.7.0".getBytes(StandardCharsets.US_ASCII);
    private static final int OLD_HEADER = 16;
    private static final int OLD_ENTRY = 12;

    static final int SIZE_MAX = 64 << 20;
    private static final int STRING_MAX = 4096;

    LoaderCache {
        entries = List.copyOf(entries);
    }

    /// A library.
    ///
    /// @param flags  its format and architecture, `FLAG_…` of glibc's ldconfig.h
    /// @param hwcap  what it asks of the processor in the way of old, 0 for nothing
    /// @param subdirectory its directory below `glibc-hwcaps`, "" for none
    record Entry(String name, String path, int flags, long hwcap, String subdirectory) {}

    /// Reads one.
    ///
    /// @throws IOException if it is no such file, or a broken one
    static LoaderCache parse(byte[] file) throws IOException {
        try {
            return new Parsing(file).cache();
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("it names something beyond its end", e);
        }
    }

    List<Entry> named(String name) {
        return entries.stream().filter(it -> it.name.equals(name)).toList();
    }

    private static final class Parsing {
        private final ByteBuffer bytes; // from the new header on: offsets count from there

        private Parsing(byte[] file) throws IOException {
            int start = begins(file, 0, OLD_MAGIC) ? behindTheOldOne(file) : 0;
            if (!begins(file, start, MAGIC) || file.length < start + HEADER) {
                throw new IOException("it isn't in the format of glibc 2.2 or later");
            }
            this.bytes = ByteBuffer.wrap(file, start, file.length - start).slice();
            bytes.order(isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        }

        private static boolean begins(byte[] file, int at, byte[] magic) {
            return at >= 0
                    && at + magic.length <= file.length
                    && Arrays.equals(Arrays.copyOfRange(file, at, at + magic.length), magic);
        }

        /// ldconfig's `compat` format has a table of libc5's time before the one that counts.
        private static int behindTheOldOne(byte[] file) {
            for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
                long count = Integer.toUnsignedLong(
                        ByteBuffer.wrap(file).order(order).getInt(12));
                long start = (OLD_HEADER + count * OLD_ENTRY + 7) & ~7L;
                if (start < file.length && begins(file, (int) start, MAGIC)) {
                    return (int) start;
                }
            }
            return -1;
        }

        /// Told by a flag since glibc 2.33; before, by which reading of the number of libraries is possible.
        private boolean isBigEndian() {
            int told = bytes.get(28) & 3;
            if (told >= 2) {
                return told == 3;
            }
            long little =
                    Integer.toUnsignedLong(bytes.order(ByteOrder.LITTLE_ENDIAN).getInt(20));
            return little > bytes.capacity() / ENTRY;
        }

        private LoaderCache cache() throws IOException {
            int count = bytes.getInt(20);
            if (count < 0 || count > (bytes.capacity() - HEADER) / ENTRY) {
                throw new IOException("it can't hold " + Integer.toUnsignedString(count) + " libraries");
            }
            List<String> subdirectories = subdirectories();
            var entries = new ArrayList<Entry>();
            for (int i = 0; i < count; i++) {
                entry(HEADER + i * ENTRY, subdirectories).ifPresent(entries::add);
            }
            return new LoaderCache(bytes.order() == ByteOrder.BIG_ENDIAN, entries);
        }

        private Optional<Entry> entry(int at, List<String> subdirectories) throws IOException {
            long hwcap = bytes.getLong(at + 16);
            String subdirectory = "";
            if ((hwcap & HWCAP_EXTENSION) != 0) {
                int index = (int) hwcap;
                if (index < 0 || index >= subdirectories.size()) {
                    return Optional.empty(); // the loader passes it by as well
                }
                subdirectory = subdirectories.get(index);
                hwcap = 0;
            }
            String name = string(bytes.getInt(at + 4));
            String path = string(bytes.getInt(at + 8));
            if (!path.startsWith("/")) {
                return Optional.empty();
            }
            return Optional.of(new Entry(name, path, bytes.getInt(at), hwcap, subdirectory));
        }

        private List<String> subdirectories() throws IOException {
            int extension = bytes.getInt(32);
            if (extension == 0 || bytes.getInt(extension) != EXTENSION_MAGIC) {
                return List.of();
            }
            int sections = bytes.getInt(extension + 4);
            for (int i = 0; i < sections; i++) {
                int at = extension + 8 + i * 16;
                if (bytes.getInt(at) == EXTENSION_HWCAPS) {
                    return subdirectories(bytes.getInt(at + 8), bytes.getInt(at + 12) / 4);
                }
            }
            return List.of();
        }

        private List<String> subdirectories(int offset, int count) throws IOException {
            var names = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                names.add(string(bytes.getInt(offset + i * 4)));
            }
            return names;
        }

        private String string(int at) throws IOException {
            int end = at;
            while (bytes.get(end) != 0) {
                if (++end - at > STRING_MAX) {
                    throw new IOException("it has a name of more than " + STRING_MAX + " bytes");
                }
            }
            byte[] string = new byte[end - at];
            bytes.get(at, string);
            return Utf8.decode(string);
        }
    }
}

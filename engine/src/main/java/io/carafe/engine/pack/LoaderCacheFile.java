package io.carafe.engine.pack;

import io.carafe.engine.pack.LoaderCache.Entry;
import io.carafe.sandbox.plan.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Writes an `/etc/ld.so.cache` as ldconfig(8) would for these libraries alone. The loader looks names up by halving,
/// so the order is part of the format (elf/cache.c, `compare`).
final class LoaderCacheFile {
    private static final Comparator<Entry> ORDER = Comparator.comparing(Entry::name, LoaderCacheFile::compareNames)
            .reversed()
            .thenComparing(Entry::flags, Comparator.reverseOrder())
            .thenComparing(it -> it.subdirectory().isEmpty()) // the search ends at the first without one
            .thenComparing(Entry::subdirectory)
            .thenComparing(Entry::hwcap, (one, other) -> Long.compareUnsigned(other, one))
            .thenComparing(Entry::path);

    private final ByteOrder order;
    private final Map<String, Integer> offsets = new LinkedHashMap<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final int start;
    private final List<Entry> entries;
    private final List<String> subdirectories;

    private LoaderCacheFile(LoaderCache cache) {
        order = cache.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        entries = new ArrayList<>(cache.entries());
        entries.sort(ORDER);
        start = LoaderCache.HEADER + entries.size() * LoaderCache.ENTRY;
        var names = new TreeSet<String>();
        entries.forEach(it -> names.add(it.subdirectory()));
        names.remove("");
        subdirectories = List.copyOf(names);
    }

    static byte[] of(LoaderCache cache) {
        return new LoaderCacheFile(cache).bytes();
    }

    private byte[] bytes() {
        ByteBuffer table = ByteBuffer.allocate(start).order(order);
        table.position(LoaderCache.HEADER);
        for (Entry entry : entries) {
            int index = subdirectories.indexOf(entry.subdirectory());
            table.putInt(entry.flags())
                    .putInt(string(entry.name()))
                    .putInt(string(entry.path()))
                    .putInt(0) // once the least kernel
                    .putLong(index < 0 ? entry.hwcap() : LoaderCache.HWCAP_EXTENSION | index);
        }
        int[] named = subdirectories.stream().mapToInt(this::string).toArray();
        int extension = start + strings.size() + 3 & ~3;
        int length = named.length == 0 ? start + strings.size() : extension + 24 + named.length * 4;
        table.put(0, LoaderCache.MAGIC)
                .putInt(20, entries.size())
                .putInt(24, strings.size())
                .put(28, (byte) (order == ByteOrder.BIG_ENDIAN ? 3 : 2))
                .putInt(32, named.length == 0 ? 0 : extension);
        ByteBuffer file = ByteBuffer.allocate(length).order(order);
        file.put(table.array()).put(strings.toByteArray());
        if (named.length > 0) {
            file.position(extension);
            file.putInt(LoaderCache.EXTENSION_MAGIC).putInt(1);
            file.putInt(LoaderCache.EXTENSION_HWCAPS).putInt(0).putInt(extension + 24);
            file.putInt(named.length * 4);
            for (int name : named) {
                file.putInt(name);
            }
        }
        return file.array();
    }

    private int string(String string) {
        return offsets.computeIfAbsent(string, it -> {
            int at = start + strings.size();
            strings.writeBytes(Utf8.encode(it));
            strings.write(0);
            return at;
        });
    }

    /// `_dl_cache_libcmp`: numbers in names count as numbers, and more than what isn't one.
    static int compareNames(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length()) {
            boolean number = isDigit(one, i);
            if (number != isDigit(other, j)) {
                return number ? 1 : -1;
            }
            if (number) {
                int one0 = i;
                int other0 = j;
                while (isDigit(one, i)) {
                    i++;
                }
                while (isDigit(other, j)) {
                    j++;
                }
                // the loader counts in an int, which wraps around
                int difference = wrapped(one, one0, i) - wrapped(other, other0, j);
                if (difference != 0) {
                    return difference;
                }
            } else if (j >= other.length() || one.charAt(i) != other.charAt(j)) {
                return one.charAt(i) - (j < other.length() ? other.charAt(j) : 0);
            } else {
                i++;
                j++;
            }
        }
        return j < other.length() ? -other.charAt(j) : 0;
    }

    private static boolean isDigit(String name, int at) {
        return at < name.length() && name.charAt(at) >= '0' && name.charAt(at) <= '9';
    }

    private static int wrapped(String name, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + (name.charAt(i) - '0');
        }
        return value;
    }
}

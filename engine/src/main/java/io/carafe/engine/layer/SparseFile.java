package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Where the holes of a file are, in each of the four ways that GNU tar has had to say it: its manual, "Storing Sparse
/// Files".
final class SparseFile {
    private static final int EXTENTS_MAX = 1 << 17;
    private static final int DIGITS_MAX = 18;

    private final TarReader tar;
    private final PaxRecords pax;
    private final ByteString path;

    SparseFile(TarReader tar, PaxRecords pax, ByteString path) {
        this.tar = tar;
        this.pax = pax;
        this.path = path;
    }

    /// Whether a PAX header says that it has holes.
    boolean isIt() {
        return isInData() || pax.bytes("GNU.sparse.map") != null || pax.bytes("GNU.sparse.numblocks") != null;
    }

    private boolean isInData() {
        return "1".equals(pax.text("GNU.sparse.major")) && "0".equals(pax.text("GNU.sparse.minor"));
    }

    /// The whole size, which such a header has.
    long size() throws MalformedLayer {
        return pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", -1));
    }

    List<Extent> pax() throws IOException {
        if (isInData()) {
            return inData();
        }
        List<Long> numbers = pax.stretches(); // format 0.0
        String map = pax.text("GNU.sparse.map"); // format 0.1
        if (map != null) {
            numbers = new ArrayList<>();
            for (String number : map.split(",", -1)) {
                numbers.add(PaxRecords.number(number, "GNU.sparse.map"));
            }
        }
        if (numbers.size() % 2 != 0 || numbers.size() / 2 > EXTENTS_MAX) {
            throw malformed();
        }
        var extents = new ArrayList<Extent>();
        for (int i = 0; i < numbers.size(); i += 2) {
            extents.add(new Extent(numbers.get(i), numbers.get(i + 1)));
        }
        return extents;
    }

    /// Format 1.0: lines with a number each, at the beginning of the data, up to a whole block.
    private List<Extent> inData() throws IOException {
        var lines = new Lines();
        long count = lines.next();
        if (count > EXTENTS_MAX) {
            throw malformed();
        }
        var extents = new ArrayList<Extent>();
        for (long i = 0; i < count; i++) {
            extents.add(new Extent(lines.next(), lines.next()));
        }
        return extents;
    }

    private final class Lines {
        private byte[] block = {};
        private int at;

        long next() throws IOException {
            var digits = new StringBuilder();
            while (true) {
                if (at == block.length) {
                    block = tar.dataBlock().clone();
                    at = 0;
                }
                char each = (char) (block[at++] & 0xff);
                if (each == '\n') {
                    return PaxRecords.number(digits.toString(), "a file's list of holes");
                }
                if (digits.length() == DIGITS_MAX) {
                    throw malformed();
                }
                digits.append(each);
            }
        }
    }

    /// Of a header of type `S`: four stretches, then 21 in each block that follows.
    List<Extent> old(byte[] header) throws IOException {
        var extents = new ArrayList<Extent>();
        add(header, 386, 4, extents);
        boolean more = header[482] != 0;
        while (more) {
            byte[] block = tar.nextBlock();
            add(block, 0, 21, extents);
            more = block[504] != 0;
            if (extents.size() > EXTENTS_MAX) {
                throw malformed();
            }
        }
        return extents;
    }

    private void add(byte[] block, int from, int count, List<Extent> extents) throws MalformedLayer {
        for (int at = from; at < from + 24 * count; at += 24) {
            if (block[at] == 0 || block[at + 12] == 0) {
                return; // as GNU tar and Go: what isn't used begins with a NUL
            }
            extents.add(new Extent(
                    TarHeader.number(block, at, 12, "place of a hole"),
                    TarHeader.number(block, at + 12, 12, "place of a hole")));
        }
    }

    /// They follow one another, lie in the file, and are what is stored.
    void check(List<Extent> extents, long size, long stored) throws MalformedLayer {
        long end = 0;
        long sum = 0;
        for (Extent extent : extents) {
            if (extent.offset() < end || extent.length() < 0 || extent.length() > size - extent.offset()) {
                throw malformed();
            }
            end = extent.offset() + extent.length();
            sum += extent.length(); // no more than size
        }
        if (size < 0 || size > TarReader.SIZE_MAX || sum != stored) {
            throw malformed();
        }
    }

    private MalformedLayer malformed() {
        return new MalformedLayer("the list of holes of " + path + " is wrong");
    }
}

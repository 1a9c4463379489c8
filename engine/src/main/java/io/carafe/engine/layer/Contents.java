package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Extent;
import java.io.IOException;
import java.util.List;

/// Regular files on their way from a tar file to a box, holes as holes.
final class Contents {
    private final TarReader tar;
    private final FileStream files;
    private final byte[] data = new byte[FileStream.DATA_MAX];

    Contents(TarReader tar, FileStream files) {
        this.tar = tar;
        this.files = files;
    }

    /// Makes the file that the reader is at.
    void file(FileName name, TarEntry entry, Metadata metadata) throws IOException {
        List<Extent> extents = entry.data();
        if (extents == null && entry.size() <= data.length) {
            int length = (int) entry.size();
            fill(length);
            files.makeFile(name, metadata, data, length);
            return;
        }
        files.openFile(name, metadata, entry.size());
        for (Extent extent : extents == null ? List.of(new Extent(0, entry.size())) : extents) {
            copy(extent);
        }
        files.close(name, metadata);
    }

    private void copy(Extent extent) throws IOException {
        for (long at = 0; at < extent.length(); ) {
            int length = (int) Math.min(data.length, extent.length() - at);
            fill(length);
            files.write(data, length, extent.offset() + at);
            at += length;
        }
    }

    private void fill(int length) throws IOException {
        for (int at = 0; at < length; ) {
            int count = tar.read(data, at, length - at);
            if (count < 0) {
                throw new AssertionError("the reader has checked that it is there");
            }
            at += count;
        }
    }
}

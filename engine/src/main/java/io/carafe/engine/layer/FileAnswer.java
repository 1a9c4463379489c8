package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import java.util.List;

/// What a box says of one file, or a piece of its content: `struct file_answer` of `native/files.h`.
///
/// @param error  errno(3) of the request, 0 if it went well; behind it comes nothing more
/// @param mode   with the type
/// @param links  how many names the file has
/// @param device that it is, if it is one: the major number in the upper half
/// @param data   bytes of content, in the buffer of [FileAnswers]
record FileAnswer(
        ByteString name,
        ByteString target,
        int error,
        int mode,
        int uid,
        int gid,
        long seconds,
        int nanoseconds,
        int links,
        long length,
        long inode,
        long filesystem,
        long device,
        List<Attribute> attributes,
        int data) {
    private static final int S_IFMT = 0170000;

    FileAnswer {
        attributes = List.copyOf(attributes);
    }

    int type() {
        return mode & S_IFMT;
    }

    /// Whether it is the last one of a request for many.
    boolean isEnd() {
        return name.isEmpty() && data == 0;
    }
}

package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.nio.file.Path;
import java.util.List;

/// Something that goes into an image.
///
/// @param path    absolute; [io.carafe.sandbox.plan.Utf8]
/// @param reasons why, the first one first; none for the directories on the way to something
public record Item(String path, Body body, List<Reason> reasons) {
    public Item {
        reasons = List.copyOf(reasons);
    }

    /// What it is.
    public sealed interface Body {
        /// A directory.
        ///
        /// @param sticky everybody may write there, as in `/tmp`
        record Directory(boolean sticky) implements Body {}

        /// A symbolic link.
        record Link(String target) implements Body {}

        /// A file of this machine.
        ///
        /// @param mode as an image has it: 0755 or 0644, and the bits beyond
        /// @param size in bytes
        record File(Path source, int mode, long size) implements Body {}

        /// A file that was made for the image.
        ///
        /// @param text its bytes, as [io.carafe.sandbox.plan.Utf8] has them
        record Made(String text) implements Body {
            /// In bytes.
            public long size() {
                return Utf8.encode(text).length;
            }
        }
    }
}

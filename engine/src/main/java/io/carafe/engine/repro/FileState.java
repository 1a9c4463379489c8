package io.carafe.engine.repro;

import java.util.Locale;

/// What a file is, without what two runs of the same can't share: times, owners (the box's ids are others' outside),
/// numbers of inodes.
///
/// @param mode    permission bits, with set-user-id, set-group-id and sticky; 0 of a link and of what is gone
/// @param content of a file its digest, of a link where it leads, else ""
public record FileState(Kind kind, int mode, String content) {
    /// It was there before, and no more.
    public static final FileState GONE = new FileState(Kind.GONE, 0, "");

    /// What it is.
    public enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        OTHER,
        GONE;

        /// As it stands in a receipt.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return kind == Kind.GONE || kind == Kind.LINK
                ? kind.word() + (content.isEmpty() ? "" : " to " + content)
                : kind.word() + " " + String.format(Locale.ROOT, "%04o", mode)
                        + (content.isEmpty() ? "" : " " + content);
    }
}

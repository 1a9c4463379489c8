package io.carafe.engine.engine;

import io.carafe.engine.store.Digest;

/// How far a blob has come on its way between a registry and here.
///
/// @param done bytes
/// @param size bytes in all
public record Transfer(Digest blob, State state, long done, long size) {
    /// In the order in which they come; some are left out.
    public enum State {
        WAITING,
        /// Another process fetches it.
        ELSEWHERE,
        DOWNLOADING,
        UNPACKING,
        PULLED,
        UPLOADING,
        PUSHED,
        MOUNTED,
        /// There was nothing to do.
        EXISTS
    }

    /// Whether nothing comes after it.
    public boolean isLast() {
        return switch (state) {
            case WAITING, ELSEWHERE, DOWNLOADING, UNPACKING, UPLOADING -> false;
            case PULLED, PUSHED, MOUNTED, EXISTS -> true;
        };
    }
}

package io.carafe.engine.metric;

import java.util.List;

/// What is read of `/proc`. Processes end while they are looked at: then there is nothing to read, and no error.
public interface ProcFiles {
    /// What stands in a file, `""` if it isn't there or not for us. Bytes that are no UTF-8 survive
    /// ([io.carafe.sandbox.plan.Utf8]).
    ///
    /// @param most bytes that are read of it
    String text(String path, int most);

    /// The names in a directory, in no order.
    List<String> names(String directory);

    /// What a symbolic link says, `""` likewise.
    String link(String path);

    /// What stat(2) has as the size of a file or directory, 0 likewise.
    long size(String path);
}

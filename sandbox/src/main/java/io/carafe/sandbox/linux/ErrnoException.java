package io.carafe.sandbox.linux;

import java.io.IOException;

/// A system call that failed: which, on what, and the kernel's answer.
public final class ErrnoException extends IOException {
    private final String call;
    private final String subject;
    private final int errno;

    /// Of a call by name.
    ///
    /// @param subject what the call was to act on: a path, a descriptor
    public ErrnoException(String call, Object subject, int errno) {
        super(call + " " + subject + ": " + Errno.words(errno));
        this.call = call;
        this.subject = subject.toString();
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public String subject() {
        return subject;
    }

    public int errno() {
        return errno;
    }
}

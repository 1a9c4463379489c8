/// The kernel's calls through the FFM API: one class per C header, named after it; methods are named after the
/// call.
///
/// Only what is used is bound. This room decides nothing, retries nothing but `EINTR`, and is the only one that
/// knows `java.lang.foreign`; no native address leaves it. Whoever must start fast must not load it: [Errno] and
/// [ErrnoException] alone are plain Java.
///
/// Read [Libc] first.
package io.carafe.sandbox.linux;

package io.carafe.sandbox.forensic;

import java.nio.ByteBuffer;

/// The process that a core file is of.
///
/// @param name    at most 15 bytes of it are told
/// @param command its command line
/// @param aux     what `/proc/PID/auxv` says
record CoreProcess(int pid, int parent, int uid, int gid, String name, String command, ByteBuffer aux) {
    byte[] auxv() {
        byte[] bytes = new byte[aux.capacity()];
        aux.get(0, bytes);
        return bytes;
    }
}

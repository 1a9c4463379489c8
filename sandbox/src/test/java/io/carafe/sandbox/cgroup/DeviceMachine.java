package io.carafe.sandbox.cgroup;

import java.util.List;

/// Runs a device program as the kernel would: the few instructions that there are, and the rules of its verifier that
/// can be broken by them (every way ends, nothing is read that wasn't written, no instruction is out of reach).
final class DeviceMachine {
    private DeviceMachine() {}

    /// What a program answers. The type is 1 for block devices, 2 for character devices.
    static boolean allows(List<Long> program, int type, int access, int major, int minor) {
        int[] question = {access << 16 | type, major, minor};
        long[] register = new long[10];
        boolean[] written = new boolean[10];
        written[1] = true;
        int at = 0;
        for (int steps = 0; steps < 100_000; steps++) {
            long word = program.get(at++);
            int code = (int) word & 0xff;
            int destination = (int) (word >>> 8) & 0xf;
            int source = (int) (word >>> 12) & 0xf;
            int offset = (short) (word >>> 16);
            int immediate = (int) (word >>> 32);
            boolean reads = code != 0x61 && code != 0xb4 && code != 0xbc && code != 0x95;
            if ((reads && !written[destination])
                    || (code == 0xbc && !written[source])
                    || (code == 0x61 && source != 1)) {
                throw new AssertionError("instruction " + (at - 1) + " reads what isn't there");
            }
            switch (code) {
                case 0x61 -> register[destination] = question[offset / 4] & 0xffffffffL;
                case 0x54 -> register[destination] = register[destination] & immediate & 0xffffffffL;
                case 0x74 -> register[destination] = (register[destination] & 0xffffffffL) >>> immediate;
                case 0xb4 -> register[destination] = immediate & 0xffffffffL;
                case 0xbc -> register[destination] = register[source] & 0xffffffffL;
                case 0x55 -> at += register[destination] != immediate ? offset : 0;
                case 0x15 -> at += register[destination] == immediate ? offset : 0;
                case 0x95 -> {
                    if (!written[0]) {
                        throw new AssertionError("no answer");
                    }
                    return register[0] == 1;
                }
                default -> throw new AssertionError("instruction " + Integer.toHexString(code));
            }
            if (code != 0x55 && code != 0x15) {
                written[destination] = true;
            }
        }
        throw new AssertionError("no end");
    }

    /// Whether there is a way to every instruction; the kernel refuses others.
    static boolean reachesAll(List<Long> program) {
        boolean[] reached = new boolean[program.size() + 1];
        reached[0] = true;
        for (int at = 0; at < program.size(); at++) { // jumps only lead forward
            int code = (int) (long) program.get(at) & 0xff;
            if (!reached[at]) {
                return false;
            }
            reached[at + 1] |= code != 0x95;
            if (code == 0x55 || code == 0x15) {
                reached[at + 1 + (short) (program.get(at) >>> 16)] = true;
            }
        }
        return !reached[program.size()];
    }
}

package io.carafe.sandbox.forensic;

/// A thread as it stands, for a core file.
final class CoreThread {
    private final int id;
    private final byte[] registers;
    private final byte[] floating;

    /// @param registers `user_regs_struct`
    /// @param floating  `NT_FPREGSET`; empty if unknown
    CoreThread(int id, byte[] registers, byte[] floating) {
        this.id = id;
        this.registers = registers.clone();
        this.floating = floating.clone();
    }

    int id() {
        return id;
    }

    byte[] registers() {
        return registers.clone();
    }

    byte[] floating() {
        return floating.clone();
    }
}

package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Platform;
import io.carafe.sandbox.spec.Spec.Emulator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Who runs programs that are made for another processor: QEMU's user emulation, which the kernel starts for them once
/// it is registered in `binfmt_misc`.
final class Emulators {
    private static final int HEADER = 20; // of an ELF file: up to its processor
    private static final int INTERPRETED = 3; // PT_INTERP
    private static final int PROGRAM_HEADERS = 4096; // bytes in which they lie, in all that linkers make

    /// elf(5): `EI_CLASS`, `EI_DATA` and `e_machine` of an architecture's programs.
    private record Architecture(String name, String qemu, int bits, int order, int machine) {}

    private static final List<Architecture> ARCHITECTURES = List.of(
            new Architecture("amd64", "x86_64", 2, 1, 62),
            new Architecture("386", "i386", 1, 1, 3),
            new Architecture("arm64", "aarch64", 2, 1, 183),
            new Architecture("arm", "arm", 1, 1, 40),
            new Architecture("riscv64", "riscv64", 2, 1, 243),
            new Architecture("ppc64le", "ppc64le", 2, 1, 21),
            new Architecture("ppc64", "ppc64", 2, 2, 21),
            new Architecture("s390x", "s390x", 2, 2, 22),
            new Architecture("mips64le", "mips64el", 2, 1, 8),
            new Architecture("mips64", "mips64", 2, 2, 8),
            new Architecture("mipsle", "mipsel", 1, 1, 8),
            new Architecture("mips", "mips", 1, 2, 8),
            new Architecture("loong64", "loongarch64", 2, 1, 258));

    private final Platform machine;
    private final Path registered;
    private final UnaryOperator<String> programs;

    /// @param registered where the kernel's list is
    /// @param programs   where on this machine a program is, "" if it isn't
    Emulators(Platform machine, Path registered, UnaryOperator<String> programs) {
        this.machine = machine;
        this.registered = registered;
        this.programs = programs;
    }

    static Emulators ofThisMachine() {
        return new Emulators(Platform.ofThisMachine(), Path.of("/proc/sys/fs/binfmt_misc"), Programs::find);
    }

    /// Who is still to be registered for such programs; null if they run as it is.
    ///
    /// @param image what messages call it
    /// @throws EngineException.Conflict if nobody here can run them
    @Nullable
    Emulator of(Platform platform, String image) {
        if (!platform.os().equals("linux")) {
            throw new EngineException.Conflict(image + " is for " + platform + ": a box runs programs for Linux");
        }
        if (isNative(platform.architecture())) {
            return null;
        }
        Architecture architecture = ARCHITECTURES.stream()
                .filter(it -> it.name.equals(platform.architecture()))
                .findFirst()
                .orElseThrow(() -> new EngineException.Conflict(image + " is for " + platform
                        + ", for which there is no emulator: this machine is " + machine));
        try {
            return isRegistered(architecture) ? null : emulator(architecture, platform, image);
        } catch (IOException e) {
            throw new EngineException.Failed("look for who runs programs for " + platform, e);
        }
    }

    /// Processors that run an older one's programs too.
    private boolean isNative(String architecture) {
        return switch (machine.architecture()) {
            case "amd64" -> architecture.equals("amd64") || architecture.equals("386");
            case "arm64" -> architecture.equals("arm64") || architecture.equals("arm");
            default -> architecture.equals(machine.architecture());
        };
    }

    private Emulator emulator(Architecture architecture, Platform platform, String image) throws IOException {
        String program = programs.apply("qemu-" + architecture.qemu + "-static");
        if (program.isEmpty()) {
            program = programs.apply("qemu-" + architecture.qemu);
        }
        if (program.isEmpty() || !isStatic(Path.of(program))) {
            throw new EngineException.Conflict(image + " is for " + platform + ", and this machine is " + machine
                    + ": qemu-" + architecture.qemu
                    + "-static would run it; sudo apt-get install qemu-user-static (Debian, Ubuntu) or sudo dnf install"
                    + " qemu-user-static (Fedora) brings it");
        }
        return new Emulator(
                "carafe-qemu-" + architecture.qemu,
                program,
                escaped(magic(architecture)),
                escaped(mask(architecture)),
                Files.exists(registered.resolve("register")));
    }

    /// Whether the kernel knows somebody for them whom it opens on the host (`F`): else it would look in the box.
    private boolean isRegistered(Architecture architecture) throws IOException {
        if (!Files.isDirectory(registered)) {
            return false;
        }
        try (var formats = Files.newDirectoryStream(registered)) {
            for (Path format : formats) {
                String name = format.getFileName().toString();
                if (!name.equals("register")
                        && !name.equals("status")
                        && runs(Files.readString(format), architecture)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// `enabled`, `flags: POF`, `magic 7f454c46…`: the kernel's documentation, admin-guide/binfmt-misc.rst.
    /// Masks differ a little from one distribution to the next; class, order and processor are what counts.
    private static boolean runs(String format, Architecture architecture) {
        String magic = "";
        boolean enabled = false;
        boolean opened = false;
        boolean first = false;
        for (String line : format.split("\n")) {
            enabled |= line.equals("enabled");
            opened |= line.startsWith("flags: ") && line.contains("F");
            first |= line.equals("offset 0");
            magic = line.startsWith("magic ") ? line.substring("magic ".length()) : magic;
        }
        String ours = HexFormat.of().formatHex(magic(architecture));
        return enabled
                && opened
                && first
                && magic.length() == ours.length()
                && magic.startsWith(ours.substring(0, 12))
                && magic.endsWith(ours.substring(36));
    }

    private static byte[] magic(Architecture architecture) {
        boolean little = architecture.order == 1;
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        header.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) architecture.bits, (byte) architecture.order, 1});
        header.putShort(16, (short) 2).putShort(18, (short) architecture.machine);
        return header.array();
    }

    /// Programs are of type 2 or, where they can lie anywhere, 3; whose conventions they follow doesn't matter.
    private static byte[] mask(Architecture architecture) {
        byte[] mask = HexFormat.of().parseHex("ff".repeat(HEADER));
        mask[7] = 0;
        mask[architecture.order == 1 ? 16 : 17] = (byte) 0xfe;
        return mask;
    }

    private static String escaped(byte[] bytes) {
        return "\\x" + HexFormat.ofDelimiter("\\x").formatHex(bytes);
    }

    /// Whether a program needs nothing of a root but itself: in the box there is no other file of the host's.
    private static boolean isStatic(Path program) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(program)) {
            start = in.readNBytes(PROGRAM_HEADERS);
        }
        ByteBuffer elf = ByteBuffer.wrap(start).order(ByteOrder.nativeOrder());
        if (start.length < 64 || elf.getInt(0) != 0x464c457f || start[4] != 2) { // what runs here is of 64 bits
            return false;
        }
        long table = elf.getLong(32);
        int size = Short.toUnsignedInt(elf.getShort(54));
        int count = Short.toUnsignedInt(elf.getShort(56));
        for (int i = 0; i < count; i++) {
            long at = table + (long) i * size;
            if (at < 0 || at > start.length - Integer.BYTES) {
                return false;
            }
            if (elf.getInt((int) at) == INTERPRETED) {
                return false;
            }
        }
        return true;
    }
}

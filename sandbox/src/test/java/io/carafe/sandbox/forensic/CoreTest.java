package io.carafe.sandbox.forensic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoreTest {
    private static final List<Mapping> MAPPINGS = Mapping.parse("""
            00400000-00402000 r-xp 00001000 08:01 42                         /bin/a file
            7f0000000000-7f0000003000 rw-p 00000000 00:00 0
            7ffc00000000-7ffc00001000 ---p 00000000 00:00 0                          [stack]
            not a line
            """);

    @Test
    void mapsAreRead() {
        assertThat(MAPPINGS).hasSize(3);
        Mapping first = MAPPINGS.getFirst();
        assertThat(first).isEqualTo(new Mapping(0x400000, 0x402000, "r-xp", 0x1000, "/bin/a file"));
        assertThat(first.flags()).isEqualTo(5);
        assertThat(first.has(0x401fff)).isTrue();
        assertThat(first.has(0x402000)).isFalse();
        assertThat(MAPPINGS.getLast().isReadable()).isFalse();
    }

    @Test
    void everyMappingIsASegmentAndWhatIsLeftOutAHole() {
        byte[] head = head(false);
        ByteBuffer in = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getShort(16)).as("ET_CORE").isEqualTo((short) 4);
        assertThat(in.getShort(18)).as("EM_X86_64").isEqualTo((short) 62);
        assertThat(in.getShort(56)).as("e_phnum").isEqualTo((short) 4);
        int second = 64 + 2 * 56;
        assertThat(in.getInt(second)).as("PT_LOAD").isEqualTo(1);
        assertThat(in.getLong(second + 8)).as("p_offset").isEqualTo(Core.begin(head) + 0x2000);
        assertThat(in.getLong(second + 16)).as("p_vaddr").isEqualTo(0x7f0000000000L);
        assertThat(in.getLong(second + 32)).as("p_filesz").isEqualTo(0x1000);
        assertThat(in.getLong(second + 40)).as("p_memsz").isEqualTo(0x3000);
        assertThat(in.getLong(second + 56 + 32)).as("p_filesz").isZero();
        assertThat(Core.begin(head) % 4096).isZero();
    }

    @Test
    void theFirstThreadsNoteComesFirst() {
        ByteBuffer in = ByteBuffer.wrap(head(false)).order(ByteOrder.LITTLE_ENDIAN);
        int note = (int) in.getLong(64 + 8);
        assertThat(in.getInt(note + 4)).as("sizeof(struct elf_prstatus)").isEqualTo(336);
        assertThat(in.getInt(note + 8)).as("NT_PRSTATUS").isEqualTo(1);
        assertThat(in.getInt(note + 20 + 32)).as("pr_pid").isEqualTo(7);
        assertThat(in.get(note + 20 + 112)).as("r15").isEqualTo((byte) 0xab);

        ByteBuffer arm = ByteBuffer.wrap(head(true)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(arm.getInt((int) arm.getLong(64 + 8) + 4)).isEqualTo(392);
    }

    private static byte[] head(boolean arm) {
        byte[] registers = new byte[arm ? 272 : 216];
        registers[0] = (byte) 0xab;
        return Core.head(
                arm,
                new CoreProcess(7, 1, 0, 0, "a", "a b", ByteBuffer.allocate(16)),
                List.of(new CoreThread(7, registers, new byte[512]), new CoreThread(8, registers, new byte[0])),
                List.of(
                        new Core.Segment(MAPPINGS.getFirst(), 0x2000),
                        new Core.Segment(MAPPINGS.get(1), 0x1000),
                        new Core.Segment(MAPPINGS.get(2), 0)));
    }

    @Test
    void mountsOfTheBoxsOwnAreFound() {
        assertThat(Changes.places("""
                        30 1 0:40 / / ro,relatime - overlay overlay rw,lowerdir=/
                        31 30 0:41 / /dev rw,nosuid - tmpfs tmpfs rw
                        32 30 0:42 / /work\\040here rw,nosuid - tmpfs tmpfs rw,size=1024k
                        33 30 0:43 / /kept ro,nosuid - tmpfs tmpfs rw
                        34 30 0:44 /of/the/host /shared rw - tmpfs tmpfs rw
                        35 31 0:45 / /dev/shm rw - tmpfs shm rw
                        """)).containsExactly("/work here", "/dev/shm");
    }

    @Test
    void registersOf32BitsStandWhereTheOthersDo() {
        ByteBuffer narrow = ByteBuffer.allocate(68).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 17; i++) {
            narrow.putInt(0x80000000 + i);
        }
        narrow.putInt(4 * 6, -512);
        byte[] wide = Registers.wide(narrow.array());
        assertThat(Registers.named(false, wide))
                .containsEntry("rbx", 0x80000000L)
                .containsEntry("rip", 0x8000000cL)
                .containsEntry("rsp", 0x8000000fL)
                .containsEntry("rax", -512L);
        assertThat(Registers.wide(wide)).isSameAs(wide);
    }

    @Test
    void registersAreNamed() {
        byte[] of = Registers.ofCall(false, "41 0x2 0x3 0x7 0x0 0x0 0x0 0x7ffc12345678 0x401234");
        assertThat(Registers.named(false, of)).containsEntry("orig_rax", 41L).containsEntry("rdi", 2L);
        assertThat(Registers.stack(false, of)).isEqualTo(0x7ffc12345678L);
        assertThat(Registers.instruction(false, of)).isEqualTo(0x401234);
        assertThat(Registers.ofCall(false, "running")).containsOnly(0);
    }
}

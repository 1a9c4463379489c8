package io.carafe.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.cgroup.BusMessage.Bits;
import io.carafe.sandbox.cgroup.BusMessage.Box;
import io.carafe.sandbox.cgroup.BusMessage.Count;
import io.carafe.sandbox.cgroup.BusMessage.Pair;
import io.carafe.sandbox.cgroup.BusMessage.Pairs;
import io.carafe.sandbox.cgroup.BusMessage.Property;
import io.carafe.sandbox.cgroup.BusMessage.Text;
import io.carafe.sandbox.cgroup.BusMessage.Texts;
import io.carafe.sandbox.cgroup.BusMessage.Truth;
import io.carafe.sandbox.cgroup.BusMessage.Whole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `messages.txt` has the same calls as jeepney 0.8, a D-Bus library for Python, makes them: name and bytes a
/// line.
class BusMessageTest {
    private static final String SYSTEMD = "org.freedesktop.systemd1";
    private static final String MANAGER = SYSTEMD + ".Manager";
    private static final String BUS = "org.freedesktop.DBus";

    private static final List<Property> PROPERTIES = List.of(
            new Property("Description", new Text("container bär.scope")),
            new Property("Slice", new Text("system.slice")),
            new Property("PIDs", new Box()),
            new Property("Delegate", new Truth(true)),
            new Property("MemoryMax", new Count(64L << 20)),
            new Property("TasksMax", new Count(-1)),
            new Property("KillSignal", new Whole(-9)),
            new Property("AllowedCPUs", new Bits(List.of(5, 0x80))),
            new Property("After", new Texts(List.of("a.service", "b.service"))),
            new Property(
                    "DeviceAllow", new Pairs(List.of(new Pair("/dev/char/1:3", "rwm"), new Pair("char-136", "rw")))),
            new Property("Before", new Texts(List.of())));

    @Test
    void callsHaveTheBytesThatAnotherLibraryMakes() throws IOException {
        check("Hello", bus(1, "Hello", "", new BusMessage()));
        check(
                "AddMatch",
                bus(
                        2,
                        "AddMatch",
                        "s",
                        new BusMessage()
                                .text("type='signal',sender='" + SYSTEMD + "',path='/org/freedesktop/systemd1',"
                                        + "interface='" + MANAGER + "',member='JobRemoved'")));
        check("Subscribe", systemd(3, "Subscribe", "", new BusMessage()));
        check(
                "StartTransientUnit",
                systemd(
                        4,
                        "StartTransientUnit",
                        "ssa(sv)a(sa(sv))",
                        new BusMessage()
                                .text("bär.scope")
                                .text("fail")
                                .properties(PROPERTIES)
                                .nothing()));
        check(
                "SetUnitProperties",
                systemd(
                        2,
                        "SetUnitProperties",
                        "sba(sv)",
                        new BusMessage().text("a.scope").truth(true).properties(PROPERTIES.subList(4, 6))));
        check(
                "StopUnit",
                systemd(-1, "StopUnit", "ss", new BusMessage().text("a.scope").text("replace")));
    }

    @Test
    void knowsWhereTheBoxsProcessIdGoes() {
        BusMessage call = systemd(
                4, "StartTransientUnit", "sa(sv)", new BusMessage().text("a").properties(PROPERTIES.subList(0, 4)));
        ByteBuffer bytes = ByteBuffer.wrap(call.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(call.box() % 4).isZero();
        assertThat(bytes.getInt(call.box())).isZero();
        assertThat(bytes.getInt(call.box() - 4)).isEqualTo(4); // the list's length
        byte[] before = new byte[12];
        bytes.get(call.box() - 12, before);
        assertThat(new String(before, StandardCharsets.ISO_8859_1)).contains("au");
        assertThat(systemd(1, "Subscribe", "", new BusMessage()).box()).isZero();
    }

    @Test
    void wordsAreBytesAsTheyLieInMemory() {
        assertThat(BusMessage.words(new byte[] {1, 2, 3, (byte) 0xff, 5})).containsExactly(0xff030201, 5);
    }

    private static BusMessage bus(int serial, String member, String signature, BusMessage body) {
        return BusMessage.call(serial, BUS, "/org/freedesktop/DBus", BUS, member, signature, body);
    }

    private static BusMessage systemd(int serial, String member, String signature, BusMessage body) {
        return BusMessage.call(serial, SYSTEMD, "/org/freedesktop/systemd1", MANAGER, member, signature, body);
    }

    private void check(String name, BusMessage call) throws IOException {
        try (var in = getClass().getResourceAsStream("messages.txt")) {
            String line = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(it -> it.startsWith(name + " "))
                    .findFirst()
                    .orElseThrow();
            assertThat(HexFormat.of().formatHex(call.bytes())).as(name).isEqualTo(line.substring(name.length() + 1));
        }
    }
}

package io.carafe.sandbox.planner;

import io.carafe.sandbox.plan.Netlink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Messages for nf_tables about one table of ours, which the kernel performs together or not at all. The
/// numbers are those of `<linux/netfilter/nf_tables.h>`; what each rule comes to, `nft --debug=netlink`
/// shows.
///
/// All of it may be there already: to make is to make sure.
final class FilterBatch {
    static final String TABLE = "carafe";

    static final int DROP = 0;
    static final int ACCEPT = 1;
    private static final int JUMP = -3;

    static final int PREROUTING = 0;
    static final int INPUT = 1;
    static final int FORWARD = 2;
    static final int OUTPUT = 3;
    static final int POSTROUTING = 4;

    // what nft(8) calls the types of keys: only it reads them
    static final int IPV4_ADDR = 7;
    static final int IPV6_ADDR = 8;
    static final int ETHER_ADDR = 9;
    static final int INET_PROTO = 12;
    static final int INET_SERVICE = 13;
    static final int IFNAME = 41;
    private static final int VERDICT = 0xffffff00;
    private static final int TYPE_BITS = 6;

    private static final int INET = 1;
    private static final int SUBSYSTEM = 10;
    private static final int CREATE = 0x400;
    private static final int APPEND = 0x800;
    private static final int EXCLUSIVE = 0x200;

    private final Netlink out = new Netlink();
    private int sets;

    FilterBatch() {
        out.message(16, Netlink.REQUEST).fixed(SUBSYSTEM << 24); // NFNL_MSG_BATCH_BEGIN; the subsystem is big-endian
    }

    /// The whole batch, with one answer.
    List<Integer> words() {
        // a message that is as good as nothing, and has the answer: the kernel's own errors come unasked
        begin(0, CREATE | Netlink.ACK);
        return out.message(17, Netlink.REQUEST).fixed(SUBSYSTEM << 24).words();
    }

    /// Likewise, without making sure that the table is there.
    List<Integer> wordsOfTheLast() {
        return out.message(17, Netlink.REQUEST).fixed(SUBSYSTEM << 24).words();
    }

    private Netlink begin(int type, int flags) {
        return out.message(SUBSYSTEM << 8 | type, Netlink.REQUEST | flags)
                .fixed(INET)
                .string(1, TABLE);
    }

    FilterBatch table() {
        begin(0, CREATE);
        return this;
    }

    FilterBatch removeTable() {
        begin(2, Netlink.ACK);
        return this;
    }

    /// A set of keys, whose parts have these types and lengths.
    FilterBatch set(String name, int type, int length) {
        return set(name, 0, type, length, 0, 0);
    }

    /// A map from keys to values.
    FilterBatch map(String name, int type, int length, int dataType, int dataLength) {
        return set(name, 8, type, length, dataType, dataLength); // NFT_SET_MAP
    }

    /// A map from keys to chains.
    FilterBatch chains(String name, int type, int length) {
        return set(name, 8, type, length, VERDICT, 16);
    }

    private FilterBatch set(String name, int flags, int type, int length, int dataType, int dataLength) {
        begin(9, CREATE).string(2, name).big(3, flags).big(4, type).big(5, length);
        if (flags != 0) {
            out.big(6, dataType).big(7, dataLength);
        }
        out.big(10, ++sets);
        if (type == IFNAME) { // nft(8) shows it the wrong way round unless it is told how it lies in memory
            out.bytes(13, new byte[] {0, 4, 1, 0, 0, 0});
        }
        return this;
    }

    /// What a set has nobody put there any more.
    FilterBatch forget(String set) {
        begin(14, 0).string(2, set);
        return this;
    }

    /// The type of several keys one behind the other.
    static int together(int... types) {
        int together = 0;
        for (int type : types) {
            together = together << TYPE_BITS | type;
        }
        return together;
    }

    FilterBatch baseChain(String name, String type, int hook, int priority) {
        begin(3, CREATE)
                .string(3, name)
                .begin(4)
                .big(1, hook)
                .big(2, priority)
                .end()
                .string(7, type);
        return emptied(name);
    }

    FilterBatch chain(String name) {
        begin(3, CREATE).string(3, name);
        return emptied(name);
    }

    private FilterBatch emptied(String chain) {
        begin(8, 0).string(2, chain);
        return this;
    }

    /// @param acknowledged it is the last that is asked for
    FilterBatch removeChain(String name, boolean acknowledged) {
        emptied(name);
        begin(5, acknowledged ? Netlink.ACK : 0).string(3, name);
        return this;
    }

    FilterBatch rule(String chain, UnaryOperator<Rule> conditions, int verdict) {
        return rule(chain, it -> conditions.apply(it).verdict(verdict, ""));
    }

    FilterBatch rule(String chain, UnaryOperator<Rule> expressions) {
        begin(6, CREATE | APPEND).string(2, chain).begin(4);
        var complete = expressions.apply(new Rule(out));
        assert complete != null;
        out.end();
        return this;
    }

    /// @param exclusive it must not be there yet (`EEXIST`)
    FilterBatch element(String set, byte[] key, byte[] value, boolean exclusive) {
        begin(12, CREATE | (exclusive ? EXCLUSIVE : 0));
        element(set, key);
        if (value.length > 0) {
            out.begin(2).bytes(1, value).end();
        }
        out.end().end();
        return this;
    }

    FilterBatch jump(String set, byte[] key, String chain) {
        begin(12, CREATE);
        element(set, key);
        out.begin(2).begin(2).big(1, JUMP).string(2, chain).end().end();
        out.end().end();
        return this;
    }

    /// @param acknowledged it is the last that is asked for
    FilterBatch removeElement(String set, byte[] key, boolean acknowledged) {
        begin(14, acknowledged ? Netlink.ACK : 0);
        element(set, key);
        out.end().end();
        return this;
    }

    private void element(String set, byte[] key) {
        out.string(2, set).begin(3).begin(1).begin(1).bytes(1, key).end();
    }

    /// Of an interface's name, as rules compare it.
    static byte[] name(String text) {
        return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), 16);
    }

    /// Several keys one behind the other, each filled up to four bytes.
    static byte[] joined(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length + 3 & ~3).sum());
        int at = 0;
        for (byte[] part : parts) {
            joined.put(at, part);
            at += part.length + 3 & ~3;
        }
        return joined.array();
    }

    static byte[] number(int value, int length) {
        byte[] bytes = ByteBuffer.allocate(4).putInt(value).array();
        return Arrays.copyOfRange(bytes, 4 - length, 4);
    }

    /// What a rule consists of, in the order in which it is looked at. Registers have 16 bytes from 1 on, or
    /// 4 from 8.
    static final class Rule {
        private static final int FIRST = 1;
        private static final int WORDS = 8;

        private final Netlink out;

        private Rule(Netlink out) {
            this.out = out;
        }

        private Netlink begin(String name) {
            return out.begin(1).string(1, name).begin(2);
        }

        private Rule end() {
            out.end().end();
            return this;
        }

        private Rule meta(int key, int register) {
            begin("meta").big(2, key).big(1, register);
            return end();
        }

        private Rule payload(int base, int offset, int length, int register) {
            begin("payload").big(1, register).big(2, base).big(3, offset).big(4, length);
            return end();
        }

        private Rule compare(int operation, byte[] value) {
            begin("cmp")
                    .big(1, FIRST)
                    .big(2, operation)
                    .begin(3)
                    .bytes(1, value)
                    .end();
            return end();
        }

        private Rule isIn(String set, boolean inverted) {
            begin("lookup").string(1, set).big(2, FIRST).big(5, inverted ? 1 : 0);
            return end();
        }

        Rule from(String set) {
            return meta(6, FIRST).isIn(set, false);
        }

        Rule to(String set) {
            return meta(7, FIRST).isIn(set, false);
        }

        /// The interfaces that it comes from and goes to, as a pair.
        Rule between(String set) {
            return meta(6, FIRST).meta(7, FIRST + 1).isIn(set, false);
        }

        Rule notTo(String set) {
            return meta(7, FIRST).isIn(set, true);
        }

        Rule version(boolean six) {
            return meta(15, FIRST).compare(0, new byte[] {(byte) (six ? 10 : 2)});
        }

        Rule protocol(int number) {
            return meta(16, FIRST).compare(0, new byte[] {(byte) number});
        }

        /// Whether any of these bits is set of what conntrack knows: 0 the state, 2 the status.
        Rule tracked(int key, int bits) {
            begin("ct").big(2, key).big(1, FIRST);
            end();
            return masked(ByteBuffer.allocate(4)
                            .order(java.nio.ByteOrder.nativeOrder())
                            .putInt(bits)
                            .array())
                    .compare(1, new byte[4]);
        }

        private Rule masked(byte[] mask) {
            begin("bitwise").big(1, FIRST).big(2, FIRST).big(3, mask.length);
            out.begin(4).bytes(1, mask).end();
            out.begin(5).bytes(1, new byte[mask.length]).end();
            return end();
        }

        Rule established() {
            return tracked(0, 2 | 4);
        }

        /// It has been sent here by a port of the host.
        Rule published() {
            return tracked(2, 1 << 5);
        }

        /// The destination's first bits.
        Rule into(byte[] base, int prefix) {
            byte[] mask = new byte[base.length];
            for (int bit = 0; bit < prefix; bit++) {
                mask[bit / 8] |= (byte) (0x80 >> bit % 8);
            }
            return payload(1, base.length == 4 ? 16 : 24, base.length, FIRST)
                    .masked(mask)
                    .compare(0, base);
        }

        private Rule between(int from, int to, int length) {
            begin("range").big(1, FIRST).big(2, 0);
            out.begin(3).bytes(1, number(from, length)).end();
            out.begin(4).bytes(1, number(to, length)).end();
            return end();
        }

        Rule port(int from, int to) {
            return payload(2, 2, 2, FIRST).between(from, to, 2);
        }

        /// The type of an ICMP message.
        Rule message(int from, int to) {
            return payload(2, 0, 1, FIRST).between(from, to, 1);
        }

        Rule toThisMachine() {
            begin("fib").big(1, FIRST).big(2, 3).big(3, 2); // the type of the destination's address
            return end().compare(
                            0,
                            ByteBuffer.allocate(4)
                                    .order(java.nio.ByteOrder.nativeOrder())
                                    .putInt(2) // RTN_LOCAL
                                    .array());
        }

        /// Sent on as the map has it: by destination, unless that doesn't matter, protocol and port.
        Rule sendOn(String map, boolean six, boolean byAddress) {
            int words = six ? 4 : 1;
            int next = WORDS;
            if (byAddress) {
                payload(1, six ? 24 : 16, 4 * words, FIRST);
                next += words;
            }
            meta(16, next).payload(2, 2, 2, next + 1);
            begin("lookup").string(1, map).big(2, WORDS).big(3, WORDS);
            end();
            begin("nat").big(1, 1).big(2, six ? 10 : 2).big(3, WORDS).big(5, WORDS + words);
            return end();
        }

        /// To one address only.
        Rule toAddress(byte[] address) {
            return into(address, 8 * address.length);
        }

        Rule sendTo(byte[] address, int port) {
            begin("immediate").big(1, FIRST).begin(2).bytes(1, address).end();
            end();
            begin("immediate")
                    .big(1, FIRST + 1)
                    .begin(2)
                    .bytes(1, number(port, 2))
                    .end();
            end();
            begin("nat")
                    .big(1, 1)
                    .big(2, address.length == 4 ? 2 : 10)
                    .big(3, FIRST)
                    .big(5, FIRST + 1);
            return end();
        }

        Rule masquerade() {
            begin("masq");
            return end();
        }

        /// To the chain that the map has for the sender's hardware address.
        Rule bySender(String map) {
            payload(0, 6, 6, FIRST);
            begin("lookup").string(1, map).big(2, FIRST).big(3, 0);
            return end();
        }

        private Rule verdict(int code, String chain) {
            begin("immediate").big(1, 0).begin(2).begin(2).big(1, code);
            if (!chain.isEmpty()) {
                out.string(2, chain);
            }
            out.end().end();
            return end();
        }
    }
}

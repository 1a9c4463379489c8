package io.carafe.sandbox.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Puts a netlink request together, netlink(7): messages, each a header, a fixed part and attributes,
/// aligned to four bytes.
public final class Netlink {
    public static final int ROUTE = 0;
    public static final int NETFILTER = 12;
    public static final int GENERIC = 16;

    public static final int REQUEST = 1;
    public static final int ACK = 4;
    public static final int CREATE = 0x600; // and NLM_F_EXCL

    private ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    private final Deque<Integer> nested = new ArrayDeque<>();
    private int message = -1;

    /// Begins a message; the one before is complete.
    public Netlink message(int type, int flags) {
        finish();
        room(16);
        message = out.position();
        out.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
        return this;
    }

    /// A part of the fixed header behind the message's.
    public Netlink fixed(int... words) {
        room(4 * words.length);
        for (int word : words) {
            out.putInt(word);
        }
        return this;
    }

    public Netlink string(int type, String text) {
        return bytes(type, (text + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    public Netlink number(int type, int value) {
        return bytes(
                type,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.nativeOrder())
                        .putInt(value)
                        .array());
    }

    /// In network byte order, as nftables has all its numbers.
    public Netlink big(int type, int value) {
        return bytes(type, ByteBuffer.allocate(4).putInt(value).array());
    }

    public Netlink bytes(int type, byte[] value) {
        room(8 + value.length);
        out.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return align();
    }

    /// Begins an attribute that holds attributes.
    public Netlink begin(int type) {
        room(4);
        nested.push(out.position());
        out.putShort((short) 0).putShort((short) (type | 0x8000)); // NLA_F_NESTED
        return this;
    }

    public Netlink end() {
        int start = nested.pop();
        out.putShort(start, (short) (out.position() - start));
        return this;
    }

    /// The step that sends all of it.
    ///
    /// @param what it asks for, in words that follow "to"
    public Step.SendNetlink step(int protocol, String what) {
        return new Step.SendNetlink(protocol, words(), what);
    }

    /// At which byte of the request the next attribute's value will be: what is only known when it is sent.
    public int nextValue() {
        return out.position() + 4;
    }

    /// All of it, as the steps have it.
    public List<Integer> words() {
        finish();
        var words = new ArrayList<Integer>();
        for (int at = 0; at < out.position(); at += 4) {
            words.add(out.getInt(at));
        }
        return words;
    }

    private void room(int bytes) {
        if (out.remaining() < bytes) {
            ByteBuffer larger =
                    ByteBuffer.allocate(2 * (out.capacity() + bytes)).order(ByteOrder.nativeOrder());
            out.flip();
            out = larger.put(out);
        }
    }

    private void finish() {
        if (message >= 0) {
            out.putInt(message, out.position() - message);
        }
    }

    private Netlink align() {
        while (out.position() % 4 != 0) {
            out.put((byte) 0);
        }
        return this;
    }
}

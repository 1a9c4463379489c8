package io.carafe.sandbox.plan;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The kernel's byte strings as Java strings and back, without loss. Arguments, environments and paths are bytes
/// that are mostly UTF-8; a byte that isn't part of well-formed UTF-8 becomes the lone surrogate U+DC00 + byte
/// (U+DC80 to U+DCFF), as Python's `surrogateescape` has it.
public final class Utf8 {
    private static final char ESCAPE = '\uDC00';

    private Utf8() {}

    /// Takes any bytes; [#encode] gives the same ones back.
    public static String decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length); // a byte never becomes more than one char
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = result.length(); i > 0; i--) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
        }
    }

    /// The bytes of a string.
    ///
    /// @throws IllegalArgumentException for a lone surrogate that stands for no byte: it could be written in no way
    ///     that reads the same again
    public static byte[] encode(String string) {
        for (int i = 0; i < string.length(); i++) {
            if (Character.isSurrogate(string.charAt(i))) {
                return escaped(string);
            }
        }
        return string.getBytes(StandardCharsets.UTF_8); // a tenth of the time
    }

    private static byte[] escaped(String string) {
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(string.length(), 3));
        CharBuffer in = CharBuffer.wrap(string);
        var encoder = StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        while (true) {
            CoderResult result = encoder.encode(in, out, true);
            if (!result.isError()) {
                return Arrays.copyOf(out.array(), out.position());
            }
            char escaped = in.get();
            if (escaped < ESCAPE + 0x80 || escaped > ESCAPE + 0xff) {
                throw new IllegalArgumentException(
                        "the lone surrogate U+%04X stands for no byte".formatted((int) escaped));
            }
            out.put((byte) escaped);
        }
    }
}

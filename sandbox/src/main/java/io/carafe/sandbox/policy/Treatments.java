package io.carafe.sandbox.policy;

import io.carafe.sandbox.linux.Errno;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The words for a [Treatment].
final class Treatments {
    private static final int ERRNO_LAST = 133; // EHWPOISON, errno.h

    private static final Map<String, Treatment> BY_WORD = byWord();

    private Treatments() {}

    private static Map<String, Treatment> byWord() {
        var words = new HashMap<String, Treatment>();
        words.put(Treatment.ALLOW.word(), Treatment.ALLOW);
        words.put(Treatment.FORBID.word(), Treatment.FORBID);
        for (int errno = 1; errno <= ERRNO_LAST; errno++) {
            words.putIfAbsent(Errno.name(errno), new Treatment.Refuse(errno));
        }
        return words;
    }

    static @Nullable Treatment named(String word) {
        return BY_WORD.get(word);
    }
}

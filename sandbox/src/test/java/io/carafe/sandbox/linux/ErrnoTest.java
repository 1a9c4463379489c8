package io.carafe.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {

    @Test
    void knowsNamesAndTexts() {
        assertThat(Errno.words(Errno.EPERM)).isEqualTo("EPERM (operation not permitted)");
        assertThat(Errno.words(Errno.ENOEXEC)).isEqualTo("ENOEXEC (exec format error)");
        assertThat(Errno.words(Errno.EUSERS)).isEqualTo("EUSERS (too many users)");
        assertThat(Errno.words(133)).isEqualTo("EHWPOISON (memory page has hardware error)");
    }

    @Test
    void copesWithNumbersThatHaveNone() {
        assertThat(Errno.words(41)).isEqualTo("errno 41 (unknown error)");
        assertThat(Errno.words(-1)).isEqualTo("errno -1 (unknown error)");
        assertThat(Errno.words(512)).isEqualTo("errno 512 (unknown error)");
    }

    @Test
    void anExceptionSaysWhatFailedOnWhat() {
        var e = new ErrnoException("memfd_create", "plan", Errno.ENOMEM);
        assertThat(e).hasMessage("memfd_create plan: ENOMEM (cannot allocate memory)");
        assertThat(e.errno()).isEqualTo(12);
        assertThat(e.call()).isEqualTo("memfd_create");
        assertThat(e.subject()).isEqualTo("plan");
    }
}

package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.UserNamespaces.Range;
import org.junit.jupiter.api.Test;

class UserNamespacesTest {
    @Test
    void theFirstNamespaceHasAllIdsAsTheyAre() {
        assertThat(UserNamespaces.isInitial("         0          0 4294967295\n"))
                .isTrue();
        assertThat(UserNamespaces.isInitial("0 1000 1\n")).isFalse();
        assertThat(UserNamespaces.isInitial("0 0 65536\n")).isFalse();
        assertThat(UserNamespaces.isInitial("0 1000 1\n1 100000 65536\n")).isFalse();
    }

    @Test
    void readsWhatANamespaceHas() {
        assertThat(UserNamespaces.own("  0  1000  1\n  1 100000 65536\n"))
                .containsExactly(new Range(0, 1), new Range(1, 65_536));
        assertThat(UserNamespaces.own("")).isEmpty();
    }

    @Test
    void findsTheRangesOfANameAndOfAnId() {
        String text = """
                me:100000:65536
                you:200000:65536
                # me:1:1
                1000:300000:5
                me:400000:0
                me:-1:5
                me:1
                me:4294967290:6
                me:+1:1
                :7:7
                """;

        assertThat(UserNamespaces.subordinate(text, "me", 1000))
                .containsExactly(new Range(100_000, 65_536), new Range(300_000, 5));
        assertThat(UserNamespaces.subordinate(text, "", 7)).isEmpty();
    }

    @Test
    void findsTheNameOfAUser() {
        assertThat(UserNamespaces.name("root:x:0:0::/:/bin/sh\nme:x:1000:100::/:\n", 1000))
                .isEqualTo("me");
        assertThat(UserNamespaces.name("me:x:10000:100::/:\n", 1000)).isEmpty();
    }
}

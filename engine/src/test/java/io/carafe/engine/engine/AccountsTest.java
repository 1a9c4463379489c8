package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.engine.Accounts.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/attacks.md 11.
class AccountsTest {
    private static final String PASSWD = """
            root:x:0:0:root:/root:/bin/bash
            daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
            app:x:1000:1001:,,,:/home/app:/bin/sh
            4294967296:x:0:0::/:/bin/sh
            1234:x:0:0::/:/bin/sh
            00:x:0:0::/:/bin/sh
            huge:x:4294967296:0::/:/bin/sh
            empty:x:::::
            signed:x:+0:0::/:/bin/sh
            short
            homeless:x:1002:1002
            relative:x:1003:1003::home:/bin/sh
            """;

    private static final String GROUP = """
            root:x:0:
            app:x:1001:
            audio:x:29:daemon,app
            video:x:44:app
            4294967297:x:0:
            huge:x:4294967296:app
            """;

    @TempDir
    Path root;

    private Accounts accounts;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectory(root.resolve("etc"));
        Files.writeString(root.resolve("etc/passwd"), PASSWD);
        Files.writeString(root.resolve("etc/group"), GROUP);
        accounts = new Accounts(new BoxFiles(root));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "''           | 0          | 0    | ''    | /root",
                "root         | 0          | 0    | ''    | /root",
                "0            | 0          | 0    | ''    | /root",
                "app          | 1000       | 1001 | 29 44 | /home/app",
                "1000         | 1000       | 1001 | 29 44 | /home/app",
                "app:audio    | 1000       | 29   | ''    | /home/app", // an explicit group is the only one
                "app:5        | 1000       | 5    | ''    | /home/app",
                "777          | 777        | 0    | ''    | /", // Docker's: nobody that the box knows
                "777:audio    | 777        | 29   | ''    | /",
                "1234         | 1234       | 0    | ''    | /", // never a name, though there is one
                "2147483647   | 2147483647 | 0    | ''    | /",
                "homeless     | 1002       | 1002 | ''    | /",
                "relative     | 1003       | 1003 | ''    | /",
            })
    void finds(String words, int uid, int gid, String groups, String home) throws IOException {
        List<Integer> ids = groups.isEmpty()
                ? List.of()
                : List.of(groups.split(" ")).stream().map(Integer::valueOf).toList();
        assertThat(accounts.named(words)).isEqualTo(new Account(uid, gid, ids, home));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4294967296",
                "2147483648",
                "4294967295",
                "00",
                "01000",
                "99999999999999999999",
                "0:00",
                "0:4294967297"
            })
    void aNumberThatIsNoIdIsNoUser(String words) {
        assertThatThrownBy(() -> accounts.named(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(" is not a user or group id: ids are 0 to 2147483647, in plain decimal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+1", "-1", "0x0", " 0", "0 ", "\u0660", "nosuch", "huge", "empty", "signed", "short", "1e0"})
    void anythingElseIsAName(String words) {
        assertThatThrownBy(() -> accounts.named(words))
                .hasMessage("unable to find user " + words + ": no matching entries in passwd file");
    }

    @Test
    void noSuchGroup() {
        assertThatThrownBy(() -> accounts.named("app:huge"))
                .hasMessage("unable to find group huge: no matching entries in group file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1000:", ":1000", ":"})
    void halfIsNothing(String words) {
        assertThatThrownBy(() -> accounts.named(words))
                .hasMessage("\"" + words + "\" has nothing on one side of the colon");
    }

    @Test
    void aBoxWithoutFilesHasIdsOnly() throws IOException {
        Files.delete(root.resolve("etc/passwd"));
        Files.delete(root.resolve("etc/group"));
        assertThat(accounts.named("")).isEqualTo(new Account(0, 0, List.of(), "/"));
        assertThat(accounts.named("5:6")).isEqualTo(new Account(5, 6, List.of(), "/"));
        assertThatThrownBy(() -> accounts.named("app")).hasMessageContaining("unable to find user app");
    }
}

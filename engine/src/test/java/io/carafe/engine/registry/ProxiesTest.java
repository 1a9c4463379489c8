package io.carafe.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
    @Test
    void schemesHaveTheirOwn() {
        Proxies proxies =
                Proxies.of(Map.of("HTTPS_PROXY", "http://me:p@proxy.example:3128", "http_proxy", "plain.example"));
        Proxies.Proxy https =
                proxies.of(URI.create("https://registry.example/v2/")).orElseThrow();
        assertThat(https.address().getHostString()).isEqualTo("proxy.example");
        assertThat(https.address().getPort()).isEqualTo(3128);
        assertThat(https.authorization()).isEqualTo("Basic bWU6cA==");
        Proxies.Proxy http =
                proxies.of(URI.create("http://registry.example/v2/")).orElseThrow();
        assertThat(http.address().getHostString()).isEqualTo("plain.example");
        assertThat(http.address().getPort()).isEqualTo(80);
        assertThat(http.authorization()).isEmpty();
    }

    @Test
    void smallLettersComeFirst() {
        Proxies proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://large", "https_proxy", "http://small"));
        assertThat(proxies.of(URI.create("https://a/")).orElseThrow().address().getHostString())
                .isEqualTo("small");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://localhost/", "https://127.0.0.9:5000/", "https://[::1]:5000/", "https://a.localhost"})
    void loopbackNeedsNone(String uri) {
        assertThat(Proxies.of(Map.of("https_proxy", "http://proxy")).of(URI.create(uri)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, https://example.com/, true",
        "example.com, https://a.example.com/, true",
        "example.com, https://badexample.com/, false",
        ".example.com, https://example.com/, false",
        "*.example.com, https://a.example.com/, true",
        "example.com:5000, https://example.com:5000/, true",
        "example.com:5000, https://example.com/, false",
        "10.0.0.0/8, https://10.1.2.3/, true",
        "10.0.0.0/8, https://11.1.2.3/, false",
        "10.0.0.0/x, https://10.1.2.3/, false",
        "fd00::/8, 'https://[fd12::1]/', true",
        "10.1.2.3, https://10.1.2.3:443/, true",
        "*, https://anything/, true"
    })
    void someHostsNeedNone(String not, String uri, boolean none) {
        Proxies proxies = Proxies.of(Map.of("https_proxy", "http://proxy", "NO_PROXY", "other.example , " + not));
        assertThat(proxies.of(URI.create(uri)).isEmpty()).isEqualTo(none);
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://secret@proxy", "https://proxy", "http://", "http://secret:pass word@proxy"})
    void whatIsNoProxyIsSaidWithoutItsSecrets(String text) {
        assertThatThrownBy(() -> Proxies.of(Map.of("https_proxy", text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https_proxy")
                .hasMessageNotContaining("secret");
    }
}

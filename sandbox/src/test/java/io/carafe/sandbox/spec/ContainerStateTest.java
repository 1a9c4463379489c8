package io.carafe.sandbox.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerStateTest {

    @Test
    void anAgentIsToldWhoseListenerItIs() {
        var container = new Spec.Container("web-1", "/srv/web", Map.of("org.example.b", "two", "org.example.a", "1"));

        assertThat(String.join("4711", ContainerState.forAgent(container, "for the agent")))
                .isEqualTo("""
                        {"ociVersion":"1.3.0","fds":["seccompFd"],"pid":4711,"metadata":"for the agent",\
                        "state":{"ociVersion":"1.3.0","id":"web-1","status":"creating","pid":4711,"bundle":"/srv/web",\
                        "annotations":{"org.example.a":"1","org.example.b":"two"}}}""");
    }

    @Test
    void aFurtherProcessHasItsOwnIdAndTheContainersInTheState() {
        var container = new Spec.Container("web-1", "/srv/web", Map.of(), "running", 12);

        assertThat(ContainerState.forAgent(container, ""))
                .isEqualTo(List.of(
                        "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":",
                        ",\"state\":{\"ociVersion\":\"1.3.0\",\"id\":\"web-1\",\"status\":\"running\",\"pid\":12,"
                                + "\"bundle\":\"/srv/web\"}}"));
    }

    @Test
    void whateverStandsInItItIsJson() {
        var odd = new Spec.Container("a\"b\\", "/srv/\udcff\ud83d\ude00\ud83d", Map.of("\n", "\0é\u007f"));

        assertThat(String.join("1", ContainerState.forAgent(odd, "\t\"")))
                .contains("\"metadata\":\"\\u0009\\\"\"")
                .contains("\"id\":\"a\\\"b\\\\\"")
                .contains("\"bundle\":\"/srv/\\udcff\ud83d\ude00\\ud83d\"")
                .contains("{\"\\n\":\"\\u0000é\u007f\"}");
    }
}

package io.carafe.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.network.Asked.Egress;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Assigned;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Forwarding;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import io.carafe.sandbox.spec.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewiringTest {
    private static final IpAddress NOWHERE = IpAddress.of("0.0.0.0");

    private static Link link(int number, boolean internal, boolean leads) {
        return new Link(
                "n" + number,
                "cf" + number,
                100 + number,
                List.of(new Assigned(IpAddress.of("10.92." + number + ".1"), 24)),
                "cv" + number,
                200 + number,
                "eth" + number,
                "02:cf:0a:5c:0" + number + ":02",
                List.of(new Assigned(IpAddress.of("10.92." + number + ".2"), 24)),
                List.of("web"),
                0,
                internal,
                leads,
                List.of());
    }

    private static Connections box(List<Port> ports, Link... links) {
        List<Link> all = List.of(links);
        var own = new Filtering(
                "a", all.stream().map(Link::bridge).toList(), List.of(), ports, List.of(), List.of(), false);
        return new Connections("/run/n", "a", List.of(), all, own, List.of(), Forwarding.MACHINES);
    }

    private static Port port(String to) {
        return new Port("tcp", IpAddress.of("192.0.2.1"), 8080, IpAddress.of(to), 80);
    }

    @Test
    void portsFollowTheNetworksThatAreLeft() {
        Connections two = box(List.of(port("10.92.0.2")), link(0, false, true), link(1, false, false));
        Connections one = Rewiring.without(two, two.links().getFirst(), List.of());
        assertThat(one.own().ports()).containsExactly(port("10.92.1.2"));
        assertThat(one.links()).containsExactly(link(1, false, true)); // the way out is there now
        Connections none = Rewiring.without(one, one.links().getFirst(), List.of());
        assertThat(none.own().ports()).containsExactly(port(NOWHERE.toString()));
        assertThat(none.own().ports().getFirst().leads()).isFalse();
        Connections again = Rewiring.with(none, link(2, false, true), null, List.of(), Forwarding.MACHINES);
        assertThat(again.own().ports()).containsExactly(port("10.92.2.2"));
    }

    @Test
    void aPortStaysWhereItLeads() {
        Connections two = box(List.of(port("10.92.1.2")), link(0, false, true), link(1, false, false));
        assertThat(Rewiring.with(two, link(2, false, false), null, List.of(), Forwarding.MACHINES)
                        .own()
                        .ports())
                .containsExactly(port("10.92.1.2"));
    }

    @Test
    void nothingLeadsToOrOutByAnInternalNetwork() {
        Connections two = box(List.of(port("10.92.0.2")), link(0, false, true), link(1, true, false));
        Connections one = Rewiring.without(two, two.links().getFirst(), List.of());
        assertThat(one.own().ports().getFirst().leads()).isFalse();
        assertThat(one.links()).containsExactly(link(1, true, false));
        assertThat(one.own().internal()).containsExactly("cf1");
    }

    @Test
    void whoMayNotSendWhereItLikesMayNotByANewNetworkEither() {
        Connections one = box(List.of(), link(0, false, true));
        Connections two =
                Rewiring.with(one, link(1, false, false), new Egress(List.of()), List.of(), Forwarding.BEGINS);
        assertThat(two.own().guarded()).containsExactly("02:cf:0a:5c:00:02", "02:cf:0a:5c:01:02");
        assertThat(two.own().forwards()).isTrue(); // and at the end it doesn't any more
        assertThat(Rewiring.without(two, two.links().getLast(), List.of()).forwards())
                .isNotEqualTo(Forwarding.MACHINES);
    }

    @Test
    void theFirstFreeNumberIsTheInterfaces() {
        assertThat(Rewiring.number(List.of())).isZero();
        assertThat(Rewiring.number(List.of(link(0, false, true), link(2, false, false))))
                .isEqualTo(1);
    }
}

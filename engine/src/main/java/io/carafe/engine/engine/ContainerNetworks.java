package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.engine.RunOptions.Network.Connected;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.network.Asked;
import io.carafe.engine.network.Asked.Attachment;
import io.carafe.engine.network.Connecting;
import io.carafe.engine.network.Handed;
import io.carafe.engine.network.Ledger;
import io.carafe.engine.network.Network;
import io.carafe.engine.network.Networks;
import io.carafe.engine.network.Presence;
import io.carafe.engine.network.Rewiring;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.RecordText;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.planner.Recabling;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Containers change their networks. One that runs does so at once, by an act that the front performs; what is
/// undone at its end is put down before, so that nothing is left whoever is killed.
public final class ContainerNetworks {
    private static final String LOCK = "networks.lock";

    private final LivingContainers containers;
    private final Networks networks;
    private final Handed handed;

    ContainerNetworks(LivingContainers containers, Networks networks, Handed handed) {
        this.containers = containers;
        this.networks = networks;
        this.handed = handed;
    }

    /// Connects a container with a network.
    ///
    /// @param word      its name, its id, or the first digits of that
    /// @param performer has the front perform a plan, and throws if that fails
    /// @throws EngineException if it can't be
    /// @throws IllegalArgumentException if an address can't be had there
    public void connect(String word, Attachment wanted, Consumer<Plan> performer) {
        Condition first = containers.find(word);
        try (var _ = lock(first.container())) {
            Condition now = containers.find(first.container().id());
            RunOptions options = containers.options(now.container());
            Asked asked = changeable(now.container(), options, wanted.network());
            Network network = networks.find(wanted.network());
            if (indexOf(asked, network.name()) >= 0) {
                throw new EngineException.Conflict(
                        "container " + now.container().name() + " is already connected to network " + network.name());
            }
            Attachment attachment = wanted.named(network.name());
            var all = new ArrayList<>(asked.networks());
            all.add(attachment);
            if (now.status().isLive()) {
                laid(now, asked, attachment, performer);
            }
            keep(now.container(), options, asked.with(all));
            containers.chronicle().network("connect", network.name(), now.container());
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "connect container " + first.container().name(), e);
        }
    }

    private void laid(Condition now, Asked asked, Attachment attachment, Consumer<Plan> performer) {
        Container container = now.container();
        Spec spec = containers.running().spec(container.key());
        Connections before = connections(spec, container);
        Connections after =
                Connecting.further(asked.named(container.name()), attachment, before, spec.hostname(), handed);
        Link added = after.links().getLast();
        Plan plan = Recabling.connect(before, after, added, process(container), Ledger.hasTable());
        Ledger ledger = Ledger.of(after);
        ledger.undo(after, Wire.encode(Recabling.kept(after)));
        try {
            performer.accept(plan);
        } catch (RuntimeException e) { // whoever performs it may have been killed: the kernel says how far he came
            if (!Ledger.hasCable(added)) {
                ledger.undo(before, Wire.encode(Recabling.kept(before)));
                throw e;
            }
        }
        write(ledger, container, spec.with(after), after);
    }

    /// Takes a container off a network.
    ///
    /// @param word      its name, its id, or the first digits of that
    /// @param network   its name, or the first digits of its id
    /// @param forget    if there is no such container, what is left of it on the network is taken away
    /// @param performer has the front perform a plan, and throws if that fails
    /// @throws EngineException if it isn't on it
    public void disconnect(String word, String network, boolean forget, Consumer<Plan> performer) {
        Optional<Container> found = containers.records().lookUp(word);
        if (found.isEmpty() && forget && Presence.forget(networks.find(network), word)) {
            return;
        }
        Condition first = containers.find(word);
        try (var _ = lock(first.container())) {
            Condition now = containers.find(first.container().id());
            RunOptions options = containers.options(now.container());
            Asked asked = changeable(now.container(), options, network);
            String name = networks.lookUp(network).map(Network::name).orElse(network);
            int index = indexOf(asked, name);
            if (index < 0) {
                networks.find(network); // else there is none at all
                throw new EngineException.Conflict(
                        "container " + now.container().name() + " is not connected to network " + name);
            }
            if (now.status().isLive()) {
                cut(now, name, performer);
            }
            var rest = new ArrayList<>(asked.networks());
            rest.remove(index);
            keep(now.container(), options, asked.with(rest));
            containers.chronicle().network("disconnect", name, now.container());
        } catch (IOException e) {
            throw new EngineException.Failed(
                    "disconnect container " + first.container().name(), e);
        }
    }

    private void cut(Condition now, String network, Consumer<Plan> performer) {
        Container container = now.container();
        Spec spec = containers.running().spec(container.key());
        Connections before = connections(spec, container);
        Link removed = Rewiring.link(before, network).orElse(null);
        if (removed == null) {
            return; // only the next start would have it
        }
        Ledger ledger = Ledger.of(before);
        Connections after = Rewiring.without(before, removed, ledger.others());
        Link leads = removed.leads()
                ? after.links().stream().filter(Link::leads).findFirst().orElse(null)
                : null;
        Plan plan = Recabling.disconnect(before, after, removed, leads, process(container), Ledger.hasTable());
        ledger.write(after.own()); // first: nothing is to be found there, or led there
        try {
            performer.accept(plan);
        } catch (RuntimeException e) {
            if (Ledger.hasCable(removed)) {
                ledger.write(before.own());
                throw e;
            }
        }
        ledger.undo(after, Wire.encode(Recabling.kept(after)));
        write(ledger, container, spec.with(after), after);
    }

    private void write(Ledger ledger, Container container, Spec spec, Connections after) {
        ledger.write(after.own());
        ledger.write(containers.running().configuration(container.key()), RecordText.of(spec));
    }

    private static Connections connections(Spec spec, Container container) {
        Connections connections = spec.connections();
        if (connections == null) {
            throw new EngineException.Conflict("container " + container.name() + " has no network of ours");
        }
        return connections;
    }

    private Acts.Target process(Container container) {
        return containers.running().first(container.key());
    }

    private FileLock lock(Container container) throws IOException {
        return FileLock.exclusive(containers.records().file(container, LOCK), () -> true);
    }

    private int indexOf(Asked asked, String network) {
        List<Attachment> all = asked.networks();
        for (int i = 0; i < all.size(); i++) {
            String word = all.get(i).network();
            if (networks.lookUp(word).map(Network::name).orElse(word).equals(network)) {
                return i;
            }
        }
        return -1;
    }

    private void keep(Container container, RunOptions options, Asked asked) {
        RunOptions then = options.with(new Connected(asked));
        containers.records().write(container, LivingContainers.OPTIONS, RecordText.of(then));
        containers.records().update(container.with(containers.reach(then)));
    }

    /// The networks of one whose networks can be changed. Docker's reasons why they can't.
    private Asked changeable(Container container, RunOptions options, String network) {
        String name = "container " + container.name();
        if (network.equals("host") || options.network() instanceof RunOptions.Network.OfHost) {
            throw new EngineException.Conflict(
                    name + " cannot be disconnected from the host's network or connected to it");
        }
        if (containers.isOfPod(container)) {
            throw new EngineException.Conflict(
                    name + " is in a pod, and has its network: connect or disconnect the container that holds that");
        }
        if (options.sharing().namespaces().containsKey(Namespace.NETWORK)) {
            throw new EngineException.Conflict(
                    name + " shares the network of another one, and cannot be connected to any other");
        }
        if (options.network() instanceof Connected(var asked) && !network.equals("none")) {
            return asked;
        }
        throw new EngineException.Conflict(
                options.network() instanceof RunOptions.Network.Pasta
                        ? name + " has pasta for its network, which serves it alone: only root's are on others"
                        : name + " cannot be on a network and on none: it was made with --network none");
    }
}

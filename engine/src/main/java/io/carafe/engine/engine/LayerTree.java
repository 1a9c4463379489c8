package io.carafe.engine.engine;

import io.carafe.engine.image.Image;
import io.carafe.engine.image.ImageLayer;
import io.carafe.engine.store.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/// Which images stand on the same layers.
///
/// @param branches what stands on nothing
/// @param images   how many there are
/// @param layers   how many different ones they have
/// @param size     bytes of these
/// @param unshared bytes that they would have if each image had its own
public record LayerTree(List<Branch> branches, int images, int layers, long size, long unshared) {
    public LayerTree {
        branches = List.copyOf(branches);
    }

    /// Layers that the same images have, one on the other.
    ///
    /// @param layers   how many
    /// @param size     bytes of all of them
    /// @param names    of the images that end here; none if these layers are only what others stand on
    /// @param branches what stands on them
    public record Branch(int layers, long size, List<String> names, List<Branch> branches) {
        public Branch {
            names = List.copyOf(names);
            branches = List.copyOf(branches);
        }
    }

    /// A layer in the place where it stands.
    private static final class Node {
        private final Map<Digest, Node> above = new LinkedHashMap<>();
        private final Set<String> names = new TreeSet<>();
        private long size;
    }

    /// The tree of some images.
    ///
    /// @param named by what they are called
    /// @param size  of a layer
    static LayerTree of(Map<String, Image> named, ToLongFunction<ImageLayer> size) {
        var bottom = new Node();
        var different = new LinkedHashMap<Digest, Long>();
        var images = new LinkedHashSet<Digest>();
        long unshared = 0;
        for (Map.Entry<String, Image> each : named.entrySet()) {
            boolean first = images.add(each.getValue().id());
            Node node = bottom;
            for (ImageLayer layer : each.getValue().layers()) {
                long bytes = different.computeIfAbsent(layer.diffId(), _ -> size.applyAsLong(layer));
                node = node.above.computeIfAbsent(layer.diffId(), _ -> new Node());
                node.size = bytes;
                unshared += first ? bytes : 0;
            }
            node.names.add(each.getKey());
        }
        long sum = different.values().stream().mapToLong(Long::longValue).sum();
        return new LayerTree(branches(bottom), images.size(), different.size(), sum, unshared);
    }

    private static List<Branch> branches(Node below) {
        var branches = new ArrayList<Branch>();
        for (Node first : below.above.values()) {
            Node node = first;
            int layers = 1;
            long size = node.size;
            while (node.names.isEmpty() && node.above.size() == 1) {
                node = node.above.values().iterator().next();
                size += node.size;
                layers++;
            }
            branches.add(new Branch(layers, size, List.copyOf(node.names), branches(node)));
        }
        return branches;
    }
}

package io.carafe.engine.pack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// A tree in which some files and directories of others lie where the image shall have them, as if they were
/// mounted: links, `$ORIGIN` and all that depends on a place come out right by themselves.
final class BoundTree implements Tree {
    private final Tree below;
    private final TreeMap<String, Place> places = new TreeMap<>();

    private record Place(Tree tree, String path) {}

    BoundTree(Tree below) {
        this.below = below;
    }

    /// Lays a file or directory of another tree over this one's.
    ///
    /// @param at   a path of this tree, as [Tree] has them
    /// @param path a path of that tree, likewise
    void bind(String at, Tree tree, String path) {
        places.put(at, new Place(tree, path));
    }

    @Override
    public Optional<Node> node(String path) throws IOException {
        Place place = place(path);
        Optional<Node> node = place.tree.node(place.path);
        if (node.isEmpty() && leadsToAPlace(path)) {
            return Optional.of(new Node(Kind.DIRECTORY, 0755, 0, 0, 0, Path.of("/")));
        }
        return node;
    }

    @Override
    public String target(String link) throws IOException {
        Place place = place(link);
        return place.tree.target(place.path);
    }

    @Override
    public List<String> names(String directory) throws IOException {
        Place place = place(directory);
        var names = new TreeSet<>(DirectoryTree.BYTES);
        if (place.tree.node(place.path).isPresent()) {
            names.addAll(place.tree.names(place.path));
        }
        String start = Walk.below(directory, "");
        for (String at : places.keySet()) {
            if (at.startsWith(start) && at.length() > start.length()) {
                names.add(at.substring(start.length()).split("/")[0]);
            }
        }
        return new ArrayList<>(names);
    }

    @Override
    public Content open(String file) throws IOException {
        Place place = place(file);
        return place.tree.open(place.path);
    }

    private boolean leadsToAPlace(String path) {
        String next = places.ceilingKey(Walk.below(path, ""));
        return next != null && next.startsWith(Walk.below(path, ""));
    }

    /// Of what is bound above a path, the nearest counts.
    private Place place(String path) {
        for (Map.Entry<String, Place> bound : places.descendingMap().entrySet()) {
            String at = bound.getKey();
            if (path.equals(at)) {
                return bound.getValue();
            }
            if (path.startsWith(Walk.below(at, ""))) {
                Place place = bound.getValue();
                return new Place(
                        place.tree,
                        Walk.below(place.path, path.substring(Walk.below(at, "").length())));
            }
        }
        return new Place(below, path);
    }
}

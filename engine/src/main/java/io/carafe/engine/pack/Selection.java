package io.carafe.engine.pack;

import io.carafe.engine.pack.Item.Body;
import io.carafe.engine.pack.Tree.Kind;
import io.carafe.engine.pack.Tree.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What has been chosen so far, each with its directories and every link on the way to it.
final class Selection {
    private static final int SET_USER = 04000;
    private static final int SET_GROUP = 02000;
    private static final int STICKY_FOR_ALL = 01777;

    private final Tree tree;
    private final TreeMap<String, Chosen> items = new TreeMap<>(DirectoryTree.BYTES);
    private final List<String> notes = new ArrayList<>();

    private record Chosen(Body body, List<Reason> reasons) {}

    Selection(Tree tree) {
        this.tree = tree;
    }

    /// Adds what is at the end of a way.
    ///
    /// @return false if it was there before
    boolean add(Walk walk, Reason reason) throws IOException {
        for (String link : walk.links()) {
            directories(link);
            put(link, new Body.Link(tree.target(link)), new Reason.Leads(walk.path()));
        }
        directories(walk.path());
        return put(walk.path(), body(walk.path(), walk.node()), reason);
    }

    /// A file that this machine doesn't have, or has otherwise.
    void make(String path, String text, Reason reason) throws IOException {
        directories(path);
        put(path, new Body.Made(text), reason);
    }

    /// A link likewise.
    void link(String path, String target, Reason reason) throws IOException {
        directories(path);
        put(path, new Body.Link(target), reason);
    }

    /// A directory likewise.
    void directory(String path, boolean sticky, Reason reason) throws IOException {
        directories(path);
        put(path, new Body.Directory(sticky), reason);
    }

    boolean has(String path) {
        return items.containsKey(path);
    }

    private void directories(String path) throws IOException {
        String directory = Walk.parent(path);
        if (!directory.equals("/") && !items.containsKey(directory)) {
            directories(directory);
            boolean sticky = tree.node(directory).filter(Selection::isForAll).isPresent();
            items.put(directory, new Chosen(new Body.Directory(sticky), new ArrayList<>()));
        }
    }

    private boolean put(String path, Body body, Reason reason) {
        boolean isNew = !items.containsKey(path);
        List<Reason> reasons = items.computeIfAbsent(path, _ -> new Chosen(body, new ArrayList<>())).reasons;
        if (!reasons.contains(reason)) {
            reasons.add(reason);
        }
        return isNew;
    }

    private Body body(String path, Node node) throws IOException {
        return switch (node.kind()) {
            case DIRECTORY -> new Body.Directory(isForAll(node));
            case LINK -> new Body.Link(tree.target(path));
            case FILE -> new Body.File(node.source(), mode(path, node), node.size());
            case OTHER -> throw new IOException(path + " is a device, a FIFO or a socket, and no image needs one");
        };
    }

    private static boolean isForAll(Node node) {
        return node.kind() == Kind.DIRECTORY && node.mode() == STICKY_FOR_ALL;
    }

    /// What a file may do doesn't depend on the umask of who made it. Everything belongs to root in an image: the bits
    /// that lend the owner's rights stay only where they were root's before.
    private int mode(String path, Node node) {
        int mode = (node.mode() & 0111) != 0 ? 0755 : 0644;
        int lent = (node.uid() == 0 ? node.mode() & SET_USER : 0) | (node.gid() == 0 ? node.mode() & SET_GROUP : 0);
        if (lent != (node.mode() & (SET_USER | SET_GROUP))) {
            notes.add(path
                    + " loses its set-user-ID or set-group-ID bit: its owner isn't root, and in the image would be");
        }
        return mode | lent;
    }

    /// In the order of their names' bytes, so a directory comes before what is in it.
    List<Item> items() {
        var all = new ArrayList<Item>();
        items.forEach((path, chosen) -> all.add(new Item(path, chosen.body, chosen.reasons)));
        return all;
    }

    List<String> notes() {
        return notes;
    }
}

package io.carafe.engine.pack;

import io.carafe.engine.pack.Tree.Kind;
import io.carafe.engine.pack.Tree.Node;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The way of the kernel along a path, path_resolution(7): where it ends, and every link on it, since an image needs
/// those too.
///
/// @param path  where it ends, no link
/// @param links the links that it leads over, in their order
record Walk(String path, List<String> links, Node node) {
    private static final int LINKS_MAX = 40; // the kernel's MAXSYMLINKS
    private static final int PATH_MAX = 4096;

    Walk {
        links = List.copyOf(links);
    }

    /// Goes it.
    ///
    /// @param path absolute
    /// @return empty if it leads nowhere
    /// @throws IOException if something on it can't be looked at
    static Optional<Walk> of(Tree tree, String path) throws IOException {
        return along(tree, path, true);
    }

    /// Likewise, without following the last link.
    static Optional<Walk> upTo(Tree tree, String path) throws IOException {
        return along(tree, path, false);
    }

    private static Optional<Walk> along(Tree tree, String path, boolean follow) throws IOException {
        var rest = new ArrayDeque<>(names(path));
        var links = new ArrayList<String>();
        String here = "/";
        Optional<Node> node = tree.node("/");
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (node.isEmpty() || node.get().kind() != Kind.DIRECTORY) {
                return Optional.empty();
            }
            here = name.equals("..") ? parent(here) : below(here, name);
            node = tree.node(here);
            if (node.isPresent() && node.get().kind() == Kind.LINK && (follow || !rest.isEmpty())) {
                links.add(here);
                if (links.size() > LINKS_MAX) {
                    return Optional.empty(); // in circles: nobody gets there
                }
                String target = tree.target(here);
                List<String> names = names(target);
                for (int i = names.size() - 1; i >= 0; i--) {
                    rest.push(names.get(i));
                }
                here = target.startsWith("/") ? "/" : parent(here);
                node = tree.node(here);
            }
        }
        String end = here;
        return node.map(it -> new Walk(end, links, it));
    }

    private static List<String> names(String path) throws IOException {
        if (path.length() > PATH_MAX) {
            throw new IOException("a path of more than " + PATH_MAX + " characters");
        }
        var names = new ArrayList<String>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /// Where something would lie that is put at a path: behind the links on the way there.
    static String place(Tree tree, String path) throws IOException {
        if (path.equals("/")) {
            return path;
        }
        Optional<Walk> there = of(tree, parent(path));
        return below(there.isPresent() ? there.get().path() : place(tree, parent(path)), name(path));
    }

    /// A path without `.` and `..`, where no links are on it.
    static String plain(String path) throws IOException {
        String plain = "/";
        for (String name : names(path)) {
            plain = name.equals("..") ? parent(plain) : below(plain, name);
        }
        return plain;
    }

    /// The directory that a path is in; `/` is in itself.
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// A name in a directory; "" for the beginning of all of them.
    static String below(String directory, String name) {
        return directory.endsWith("/") ? directory + name : directory + "/" + name;
    }
}

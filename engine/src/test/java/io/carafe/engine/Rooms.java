package io.carafe.engine;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads class files and says which references break the table of rooms, or the purity of a room that must be pure.
final class Rooms {
    /// In a row of the table: may refer to the records, enums and sealed interfaces of every room.
    static final String RECORDS = "records";

    private static final Pattern OURS = Pattern.compile("io/carafe/(?:sandbox|engine)/[\\w/$]+");

    private final Map<String, Set<String>> table;
    private final Purity purity;
    private final Map<String, ClassModel> classes = new TreeMap<>();

    /// What pure code must not touch. Names are a class file's: `java/io/` is a package, `java/lang/System` a class,
    /// `java/lang/System.arraycopy` a member. `allowed` outweighs `banned`.
    record Purity(Set<String> rooms, Set<String> classes, Set<String> banned, Set<String> allowed) {
        private boolean holds(String room, String name) {
            return rooms.contains(room) || classes.contains(name.replaceFirst("\\$.*", ""));
        }

        private boolean bans(String owner, String member) {
            return matches(banned, owner, member) && !matches(allowed, owner, member);
        }

        private static boolean matches(Set<String> names, String owner, String member) {
            return names.contains(owner)
                    || names.contains(owner + "." + member)
                    || names.stream().anyMatch(name -> name.endsWith("/") && owner.startsWith(name));
        }
    }

    Rooms(Map<String, Set<String>> table, Purity purity, List<Path> directories) throws IOException {
        this.table = table;
        this.purity = purity;
        for (Path directory : directories) {
            try (var files = Files.walk(directory)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (file.toString().endsWith(".class") && !file.endsWith("module-info.class")) {
                        add(ClassFile.of().parse(file));
                    }
                }
            }
        }
    }

    private void add(ClassModel model) {
        String name = model.thisClass().asInternalName();
        // What avaje generates lies in packages named jsonb and registers the records of all rooms.
        if (!name.contains("/jsonb/")) {
            classes.put(name, model);
        }
    }

    /// How many classes are watched: a test that reads the wrong directory would be content for ever.
    int size() {
        return classes.size();
    }

    /// One line for each class and what it must not refer to.
    List<String> violations() {
        var violations = new ArrayList<String>();
        classes.forEach((name, model) -> {
            String room = room(name);
            Set<String> row = table.get(room);
            if (row == null) {
                violations.add(name + ": room " + room + " is not in the table");
                return;
            }
            for (String other : references(model)) {
                String target = room(other);
                boolean allowed = target.equals(room)
                        || row.contains(target)
                        || (row.contains(RECORDS) && isData(classes.get(other)));
                if (!allowed) {
                    violations.add(name + " refers to " + other + ": " + room + " may not import " + target);
                }
            }
            violations.addAll(foreign(name, room, model));
            if (purity.holds(room, name)) {
                violations.addAll(impure(name, model));
            }
        });
        return violations;
    }

    /// `io/carafe/engine/cli/Run` is in `cli`, `io/carafe/sandbox/Box` in `sandbox`.
    private static String room(String name) {
        String[] parts = name.split("/");
        if (parts.length > 4) {
            return parts[3];
        }
        return parts[2].equals("sandbox") ? "sandbox" : "(none)";
    }

    /// Class constants, and every descriptor, signature and annotation: all of them are Utf8 constants. Of an
    /// inlined constant javac leaves the owner's bare name: that doesn't count for `linux`, which every room may
    /// name.
    private Set<String> references(ClassModel model) {
        var references = new HashSet<String>();
        var owners = new HashSet<String>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MemberRefEntry member) {
                owners.add(member.owner().asInternalName());
            } else if (entry instanceof Utf8Entry text) {
                Matcher matcher = OURS.matcher(text.stringValue());
                while (matcher.find()) {
                    String name = matcher.group();
                    boolean bare = text.equalsString(name);
                    if (!bare || !room(name).equals("linux")) {
                        references.add(name);
                    }
                }
            }
        }
        references.addAll(owners);
        references.retainAll(classes.keySet());
        references.remove(model.thisClass().asInternalName());
        return references;
    }

    private static boolean isData(ClassModel model) {
        String parent = model.superclass().map(ClassEntry::asInternalName).orElse("");
        return parent.equals("java/lang/Record")
                || parent.equals("java/lang/Enum")
                || model.findAttribute(Attributes.permittedSubclasses()).isPresent();
    }

    private static List<String> foreign(String name, String room, ClassModel model) {
        if (room.equals("linux")) {
            return List.of();
        }
        var violations = new ArrayList<String>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof Utf8Entry text && text.stringValue().contains("java/lang/foreign/")) {
                violations.add(name + " names " + text.stringValue() + ": only linux may use java.lang.foreign");
            }
        }
        return violations;
    }

    private List<String> impure(String name, ClassModel model) {
        var violations = new ArrayList<String>();
        for (PoolEntry entry : model.constantPool()) {
            if (entry instanceof MemberRefEntry member) { // a method handle's target is one of them too
                check(name, member, violations);
            }
        }
        return violations;
    }

    private void check(String name, MemberRefEntry reference, List<String> violations) {
        String owner = reference.owner().asInternalName();
        String member = reference.name().stringValue();
        String line = name + " uses " + owner + "." + member + ": it must be pure";
        if (purity.bans(owner, member) && !violations.contains(line)) {
            violations.add(line);
        }
    }
}

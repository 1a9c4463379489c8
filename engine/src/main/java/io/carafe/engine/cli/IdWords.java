package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.RunOptions.Ids;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec.IdMapping;
import java.util.ArrayList;
import java.util.List;

/// `--userns`, `--uidmap` and their like, in Podman's words. Ids are unsigned numbers of 32 bits in plain decimal: a
/// sign, a blank, a leading zero or another base is no id.
final class IdWords {
    private static final long ID_MAX = 4294967294L; // the next is the kernel's word for nobody
    private static final int DIGITS_MAX = 10;
    private static final int AUTO_SIZE = 65536;

    private IdWords() {}

    /// What all of them together say; which are given goes by whether the lists are empty.
    static Ids read(Arguments arguments, List<String> problems) {
        List<IdMapping> uids = list(arguments, BoxFlags.UIDMAP, problems);
        List<IdMapping> gids = list(arguments, BoxFlags.GIDMAP, problems);
        String subuid = last(arguments, BoxFlags.SUBUIDNAME);
        String subgid = last(arguments, BoxFlags.SUBGIDNAME);
        String userns = last(arguments, BoxFlags.USERNS);
        boolean maps = arguments.last(BoxFlags.UIDMAP) != null || arguments.last(BoxFlags.GIDMAP) != null;
        boolean names = !subuid.isEmpty() || !subgid.isEmpty();
        if ((maps && names) || (!userns.isEmpty() && (maps || names))) {
            problems.add("--userns, --uidmap or --gidmap, and --subuidname or --subgidname exclude each other");
            return new Ids.OfHost();
        }
        if (maps) { // one of the two is both, as with Podman
            return new Ids.Mapped(uids.isEmpty() ? gids : uids, gids.isEmpty() ? uids : gids);
        }
        if (names) {
            return new Ids.Subordinate(subuid.isEmpty() ? subgid : subuid, subgid.isEmpty() ? subuid : subgid);
        }
        try {
            return userns.isEmpty() ? new Ids.OfHost() : mode(userns);
        } catch (IllegalArgumentException e) {
            problems.add(UsageError.invalid(BoxFlags.USERNS, userns, String.valueOf(e.getMessage())));
            return new Ids.OfHost();
        }
    }

    private static Ids mode(String word) {
        int colon = word.indexOf(':');
        String options = colon < 0 ? "" : word.substring(colon + 1);
        switch (colon < 0 ? word : word.substring(0, colon)) {
            case "host" -> {
                if (colon < 0) {
                    return new Ids.OfHost();
                }
            }
            case "auto" -> {
                return auto(options);
            }
            case "ns" -> {
                String path = NamespaceWords.path(word, Namespace.USER);
                if (path.startsWith("/")) {
                    return new Ids.Joined(path);
                }
            }
            case "container" ->
                throw new IllegalArgumentException(
                        "boxes have no names yet; use ns:PID with the id of a process in it");
            case "keep-id", "nomap" ->
                throw new IllegalArgumentException(
                        "it is for callers who aren't root; root takes --uidmap and --gidmap");
            default -> {}
        }
        throw new IllegalArgumentException("it is host, auto[:size=NUMBER], ns:/PATH or ns:PID");
    }

    private static Ids auto(String options) {
        long size = AUTO_SIZE;
        for (String option : options.isEmpty() ? new String[0] : options.split(",", -1)) {
            if (!option.startsWith("size=")) {
                throw new IllegalArgumentException("unknown option of auto: '" + option + "'; there is size=NUMBER");
            }
            size = id(option.substring("size=".length()));
            if (size == 0) {
                throw new IllegalArgumentException("a user namespace of no ids");
            }
        }
        return new Ids.Automatic((int) size);
    }

    /// `CONTAINER:HOST[:SIZE]`, the size being 1 without it.
    static IdMapping map(String word) {
        String[] parts = word.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("write it as CONTAINER:HOST:SIZE, as 0:100000:65536");
        }
        return new IdMapping((int) id(parts[0]), (int) id(parts[1]), parts.length == 2 ? 1 : (int) id(parts[2]));
    }

    /// Podman's `uids=0-1000-10#10-2000-5` of a mount: those on disk, those of the host, how many.
    static List<IdMapping> ofMount(String ranges) {
        var maps = new ArrayList<IdMapping>();
        for (String range : ranges.split("#", -1)) {
            String[] parts = range.split("-", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("invalid id mapping '" + range + "'; write it as 0-1000-10");
            }
            maps.add(new IdMapping((int) id(parts[0]), (int) id(parts[1]), (int) id(parts[2])));
        }
        return maps;
    }

    static long id(String word) {
        boolean digits =
                !word.isEmpty() && word.length() <= DIGITS_MAX && (word.length() == 1 || word.charAt(0) != '0');
        for (int i = 0; i < word.length(); i++) {
            digits &= word.charAt(i) >= '0' && word.charAt(i) <= '9';
        }
        if (!digits || Long.parseLong(word) > ID_MAX) {
            throw new IllegalArgumentException("'" + word + "' is no id: 0 to " + ID_MAX + ", in plain decimal");
        }
        return Long.parseLong(word);
    }

    private static List<IdMapping> list(Arguments arguments, Flag flag, List<String> problems) {
        var maps = new ArrayList<IdMapping>();
        for (String words : arguments.all(flag)) {
            for (String word : words.split(",", -1)) {
                try {
                    maps.add(map(word));
                } catch (IllegalArgumentException e) {
                    problems.add(UsageError.invalid(flag, word, String.valueOf(e.getMessage())));
                }
            }
        }
        return maps;
    }

    private static String last(Arguments arguments, Flag flag) {
        String word = arguments.last(flag);
        return word == null ? "" : word;
    }
}

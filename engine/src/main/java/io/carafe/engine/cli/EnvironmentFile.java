package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `--env-file`, by Docker's rules: a variable a line, `#` begins a comment line, blanks before a line don't count, a
/// value is taken as it stands (quotes are part of it), and a name alone takes the caller's value.
final class EnvironmentFile {
    private static final int SIZE_MAX = 1 << 20;

    private EnvironmentFile() {}

    /// @return `NAME=VALUE` for each variable
    /// @throws IllegalArgumentException with what is wrong, the file's name in it
    static List<String> read(String path, Invocation caller) {
        String text;
        try (var in = CallerPath.open(path, caller)) {
            byte[] bytes = in.readNBytes(SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new IllegalArgumentException(path + " is larger than " + SIZE_MAX + " bytes");
            }
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("env file " + path + " contains invalid utf8 bytes", e);
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new IllegalArgumentException("open " + path + ": no such file or directory", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("read " + path + ": " + e.getMessage(), e);
        }
        return parse(path, text, caller.environment());
    }

    static List<String> parse(String path, String text, Map<String, String> environment) {
        var variables = new ArrayList<String>();
        int number = 0;
        for (String raw : text.split("\n")) {
            number++;
            String line = number == 1 && raw.startsWith("\uFEFF") ? raw.substring(1) : raw;
            line = (line.endsWith("\r") ? line.substring(0, line.length() - 1) : line).stripLeading();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? line.stripTrailing() : line.substring(0, equals);
            String place = "invalid env file (" + path + "): line " + number + ": ";
            if (name.isEmpty()) {
                throw new IllegalArgumentException(place + "no variable name");
            }
            if (hasBlank(name)) {
                throw new IllegalArgumentException(place + "variable '" + name + "' contains whitespaces");
            }
            if (equals >= 0) {
                variables.add(line);
            } else if (environment.containsKey(name)) {
                variables.add(name + "=" + environment.get(name));
            }
        }
        return variables;
    }

    private static boolean hasBlank(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isWhitespace(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }
}

package io.carafe.engine.cli;

import java.util.ArrayList;
import java.util.List;

/// Words in one word, parted by blanks as a shell parts them: quotes of both kinds and backslashes keep blanks
/// together. Nothing is expanded.
final class ShellWords {
    private ShellWords() {}

    /// @throws IllegalArgumentException if a quote has no end
    static List<String> split(String text) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean any = false; // '' is a word too
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quote != '\'') {
                if (++i == text.length()) {
                    throw new IllegalArgumentException("nothing after the last backslash");
                }
                word.append(text.charAt(i));
                any = true;
            } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
                quote = quote == 0 ? c : 0;
                any = true;
            } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
                if (any) {
                    words.add(word.toString());
                    word.setLength(0);
                    any = false;
                }
            } else {
                word.append(c);
                any = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote has no end");
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }
}

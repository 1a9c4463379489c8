package io.carafe.engine.cli;

import io.carafe.engine.doctor.Finding;
import io.carafe.engine.doctor.Finding.Status;
import java.util.List;

/// Findings, for people and for programs.
final class FindingText {
    private static final String INDENT = "  ";
    private static final String RESET = "\u001b[0m";

    private FindingText() {}

    /// A line for each, below its group; what helps is on a line of its own.
    static String text(List<Finding> findings, boolean colour) {
        int name = 0;
        for (Finding finding : findings) {
            name = Math.max(name, finding.name().length());
        }
        int status = Status.UNKNOWN.word().length();
        var text = new StringBuilder();
        String group = "";
        for (Finding finding : findings) {
            if (!finding.group().equals(group)) {
                text.append(group.isEmpty() ? "" : "\n").append(finding.group()).append('\n');
                group = finding.group();
            }
            String word = padded(finding.status().word(), status);
            text.append(INDENT).append(padded(finding.name(), name)).append(INDENT);
            text.append(colour ? colour(finding.status()) + word + RESET : word);
            text.append(INDENT).append(finding.detail()).append('\n');
            if (!finding.fix().isEmpty()) {
                text.append(" ".repeat(name + status + 3 * INDENT.length()));
                text.append("fix: ").append(finding.fix()).append('\n');
            }
        }
        return text.append(sum(findings)).toString();
    }

    /// `62 work, 7 in part, 15 missing, 0 can't be told`
    private static String sum(List<Finding> findings) {
        return "\n%d work, %d in part, %d missing, %d can't be told\n"
                .formatted(
                        count(findings, Status.WORKS),
                        count(findings, Status.IN_PART),
                        count(findings, Status.MISSING),
                        count(findings, Status.UNKNOWN));
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }

    /// An array of objects, one a line.
    static String json(List<Finding> findings) {
        var json = new StringBuilder("[");
        for (Finding finding : findings) {
            json.append(json.length() == 1 ? "\n" : ",\n").append("{\"group\":");
            string(json, finding.group());
            string(json.append(",\"name\":"), finding.name());
            string(json.append(",\"status\":"), finding.status().word());
            string(json.append(",\"detail\":"), finding.detail());
            string(json.append(",\"fix\":"), finding.fix());
            json.append('}');
        }
        return json.append("\n]\n").toString();
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static String colour(Status status) {
        return switch (status) {
            case WORKS -> "\u001b[32m";
            case IN_PART -> "\u001b[33m";
            case MISSING -> "\u001b[31m";
            case UNKNOWN -> "\u001b[36m";
        };
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}

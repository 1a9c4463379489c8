package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScriptTest {
    @Test
    void lineIsReadAsTheKernelReadsIt() {
        assertThat(parse("#!/bin/sh\n")).contains(new Script("/bin/sh", ""));
        assertThat(parse("#! \t/bin/sh  -e  x \t\nmore")).contains(new Script("/bin/sh", "-e  x"));
        assertThat(parse("#!/bin/sh")).contains(new Script("/bin/sh", ""));
        assertThat(parse("#!")).isEmpty();
        assertThat(parse("#!  \n/bin/sh\n")).isEmpty();
        assertThat(parse("# !/bin/sh\n")).isEmpty();
        assertThat(parse("#!/" + "x".repeat(Script.BEGINNING - 3))).isEmpty(); // it may go on
        assertThat(parse("#!/bin/sh " + "x".repeat(Script.BEGINNING - 10))).isPresent();
    }

    @Test
    void envStartsAnotherProgram() {
        assertThat(command("#!/usr/bin/env python3\n")).isEqualTo("python3");
        assertThat(command("#!/usr/bin/env -S python3 -u\n")).isEqualTo("python3");
        assertThat(command("#!/usr/bin/env -S -i A=b node --x\n")).isEqualTo("node");
        assertThat(command("#!/usr/bin/env --split-string=perl -w\n")).isEqualTo("perl");
        assertThat(command("#!/usr/bin/env A=b sh\n")).isEmpty();
        assertThat(command("#!/usr/bin/env\n")).isEmpty();
        assertThat(command("#!/bin/sh python3\n")).isEmpty();
    }

    private static String command(String text) {
        return parse(text).orElseThrow().command();
    }

    private static Optional<Script> parse(String text) {
        return Script.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}

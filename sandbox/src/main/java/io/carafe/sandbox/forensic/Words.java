package io.carafe.sandbox.forensic;

import io.carafe.sandbox.json.JsonWriter;

/// A violation as JSON: the same in the log and in a snapshot.
final class Words {
    private Words() {}

    static JsonWriter put(JsonWriter json, Violation v) {
        json.put("time", v.time().toString())
                .put("run", v.run())
                .put("process", v.process())
                .put("thread", v.thread())
                .put("boxProcess", v.boxProcess())
                .put("executable", v.executable())
                .put("architecture", v.architecture())
                .put("call", v.call())
                .put("number", v.number())
                .name("arguments")
                .beginList();
        for (Violation.Argument argument : v.arguments()) {
            json.beginObject()
                    .put("value", hex(argument.value()))
                    .put("text", argument.text())
                    .endObject();
        }
        json.endList()
                .put("text", v.text())
                .put("address", hex(v.address()))
                .put("mapped", v.mapped())
                .put("offset", hex(v.offset()));
        v.evidence().ifPresent(it -> json.put("evidence", it.toString()));
        return json;
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}

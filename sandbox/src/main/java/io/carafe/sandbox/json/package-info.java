/// JSON from somebody we don't trust, and JSON that is the same every time: [Node] reads, with every problem told by
/// its path; [JsonWriter] writes. Not for what is generated from records: that is avaje's. Read [Node] first.
package io.carafe.sandbox.json;

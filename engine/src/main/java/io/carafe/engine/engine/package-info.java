/// Builds every room by hand and holds the use cases that cross rooms. It prints nothing and parses no option. Read
/// [Engine] first, then [RunOptions] and [BoxSpec].
package io.carafe.engine.engine;

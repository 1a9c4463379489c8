/// What has happened, for whoever looks later or waits for it. Read [Deed] first, then [Journal]. Who did it and what
/// came of it is said by the command or the monitor that did; nothing here acts on it.
@org.jspecify.annotations.NullMarked
package io.carafe.engine.event;

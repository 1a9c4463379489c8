/// Builds every room by hand and holds the use cases that cross rooms.
package io.carafe.engine.engine;

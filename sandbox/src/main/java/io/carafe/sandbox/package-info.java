/// The library's door: describe a box, run a program in it, wait for it, signal it, read how it ended.
///
/// Begin at [Sandbox]. A box needs Linux; limits and some options need root. The JVM needs
/// `--enable-native-access=io.carafe.sandbox`. This room starts nothing but what its plan says, changes nothing on
/// the host itself, and does not log.
package io.carafe.sandbox;

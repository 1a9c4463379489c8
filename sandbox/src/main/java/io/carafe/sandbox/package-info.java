/// The library's door: describe a box, run it, wait for it, signal it, read the verdict.
package io.carafe.sandbox;

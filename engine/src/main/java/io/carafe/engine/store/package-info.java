/// What engine data on disk rests on: names by content, files that are whole or not there, locks that end with their
/// holder. It knows nothing of what is in the files. Read [Digest] first.
@NullMarked
package io.carafe.engine.store;

import org.jspecify.annotations.NullMarked;

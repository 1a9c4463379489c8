/// The files of images: what a tar file says is unpacked into a directory that overlayfs takes as a layer, and such a
/// directory becomes a tar file again. It knows nothing of images and registries. Read [Layers] first, then
/// [TarReader], [Unpacking] and [FileStream]; the other side of that is `native/files.c`, in a box of its own.
///
/// Names of files are bytes here ([FileName]): a [java.nio.file.Path] loses some of them.
@NullMarked
package io.carafe.engine.layer;

import org.jspecify.annotations.NullMarked;

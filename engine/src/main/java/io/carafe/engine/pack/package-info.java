/// Makes an image of one program: what it needs to start, found as the kernel and the dynamic loader find it, with a
/// reason for each file. It runs nothing of what it packs. Read [Closure] first, then [Loading] and [LibrarySearch].
package io.carafe.engine.pack;

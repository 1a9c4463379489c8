/// Images: what they are called, what they are made of, and where they are kept, as the OCI image specification has it.
/// Files of layers are the business of `layer`, networks that of `registry`. Read [Reference] and [Descriptor] first.
@NullMarked
package io.carafe.engine.image;

import org.jspecify.annotations.NullMarked;

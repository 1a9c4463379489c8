/// Secrets: what a program has to know and nobody else may read, kept sealed under a name. How they come into a box is
/// a plan's business. Read [Secrets] first; docs/secrets.md says what sealing protects from and what not.
@NullMarked
package io.carafe.engine.secret;

import org.jspecify.annotations.NullMarked;

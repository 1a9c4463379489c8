/// The OCI `config.json` as records, and Carafe's few additions to it: what a box shall be. Pure data with its
/// checks; it knows nothing of the machine. Read [Spec] first, then [Defaults].
package io.carafe.sandbox.spec;

/// A client of registries: the OCI distribution specification over `java.net.http`, with Docker's accounts,
/// mirrors and proxies. It fetches and sends bytes that are named by digest, and knows nothing of what is kept
/// here.
///
/// What a registry says is hostile: each answer is bounded, each digest checked, and a credential goes to
/// nobody but the registry that it is for. Never on the way of a local command: `java.net.http` costs a cold
/// JVM half a second.
///
/// Read [io.carafe.engine.registry.Repository] first, then [io.carafe.engine.registry.Http].
package io.carafe.engine.registry;

/// Tests of programs that nobody trusts, with JUnit 5 or later: [Sandboxed] brings jobs and judges,
/// [VerdictAssert] says what is wrong with a verdict.
///
/// Whoever uses this room has `junit-jupiter-api` already. The rest of the module does without.
package io.carafe.sandbox.junit;

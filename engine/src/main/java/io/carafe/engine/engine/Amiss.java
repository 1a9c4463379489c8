package io.carafe.engine.engine;

import io.carafe.sandbox.plan.Plan;
import org.jspecify.annotations.Nullable;

/// Something of the engine's that is not as it should be.
///
/// @param what   a sentence that names it
/// @param remedy what helps
/// @param repair does so, and can do no harm; null where somebody has to decide
public record Amiss(String what, String remedy, @Nullable Plan repair) {}

/// How an operation fails, by who has to act.
package io.carafe.engine.error;

/**
 * A network interface that is a pair of rings in memory: for tests, simulation and benchmarks. The engine holds
 * {@link io.weir.port.memory.MemoryPort}s, whoever plays the network holds the {@link io.weir.port.memory.MemoryStation}.
 */
@NullMarked
package io.weir.port.memory;

import org.jspecify.annotations.NullMarked;

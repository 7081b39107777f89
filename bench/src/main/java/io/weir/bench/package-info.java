/** Benchmarks of the packet path: a node's real tables, memory ports, and frames in the address space of all memory. */
@NullMarked
package io.weir.bench;

import org.jspecify.annotations.NullMarked;

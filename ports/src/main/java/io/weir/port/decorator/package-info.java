/** Ports around a port: one that records what passes, one that does harm on purpose. */
@NullMarked
package io.weir.port.decorator;

import org.jspecify.annotations.NullMarked;

/** Routes and neighbours: where a packet leaves and to which link-layer address. */
@NullMarked
package io.weir.memory.routing;

import org.jspecify.annotations.NullMarked;

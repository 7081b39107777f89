/**
 * Routes and neighbours: where a packet leaves and to which link-layer address. Routes are written by the control processor
 * and read by the switching processors; neighbours are written by the switching processors.
 */
@NullMarked
package io.weir.memory.routing;

import org.jspecify.annotations.NullMarked;

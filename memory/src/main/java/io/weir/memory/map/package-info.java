/** The map file: header, plan of regions, and the two-sided regions' flip. */
@NullMarked
package io.weir.memory.map;

import org.jspecify.annotations.NullMarked;

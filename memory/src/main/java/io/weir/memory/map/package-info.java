/**
 * The map file: header, plan of regions, and the two-sided regions' flip.
 *
 * <p>Written by the node, which creates the map; tools attach it read-only. What stands in a region is the matter of the
 * other packages of this module, which know this one for {@link io.weir.memory.map.Sides} only.
 */
@NullMarked
package io.weir.memory.map;

import org.jspecify.annotations.NullMarked;

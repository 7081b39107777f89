/** Tests of the management surface, on a node that is played. */
@NullMarked
package io.weir.management;

import org.jspecify.annotations.NullMarked;

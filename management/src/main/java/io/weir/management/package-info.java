/** The node's surface over HTTP. */
@NullMarked
package io.weir.management;

import org.jspecify.annotations.NullMarked;

/** Puts a node together and gives it a command line. */
@NullMarked
package io.weir.node;

import org.jspecify.annotations.NullMarked;

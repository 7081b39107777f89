/** Text in the cells of a terminal. */
@NullMarked
package io.weir.node.text;

import org.jspecify.annotations.NullMarked;

/** The packet filter (Fig. 6) as stages over a batch. */
@NullMarked
package io.weir.switching.filter;

import org.jspecify.annotations.NullMarked;

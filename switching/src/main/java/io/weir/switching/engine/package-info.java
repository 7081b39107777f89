/** The packet engine (Fig. 5): polls the interfaces of one switching processor and sends what the filter decided. */
@NullMarked
package io.weir.switching.engine;

import org.jspecify.annotations.NullMarked;

/** Load reports: the value, its bytes on the wire, and who may send them. */
@NullMarked
package io.weir.agent.report;

import org.jspecify.annotations.NullMarked;

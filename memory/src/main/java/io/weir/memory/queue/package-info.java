/**
 * What the receive queues of the interfaces are and do, for tools: descriptions by the control processor, values by the
 * processor that polls the queue. Knows no other package.
 */
@NullMarked
package io.weir.memory.queue;

import org.jspecify.annotations.NullMarked;

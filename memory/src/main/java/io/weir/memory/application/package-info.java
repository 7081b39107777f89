/** What is known of the network applications of a node: names, states, counters and the memory they share. Knows no other package. */
@NullMarked
package io.weir.memory.application;

import org.jspecify.annotations.NullMarked;

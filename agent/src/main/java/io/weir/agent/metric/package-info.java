/** The five raw metrics as they are measured: what one source knows at one time, and rates of counters. */
@NullMarked
package io.weir.agent.metric;

import org.jspecify.annotations.NullMarked;

/** One HTTP request at a time, within a time limit. */
@NullMarked
package io.weir.agent.http;

import org.jspecify.annotations.NullMarked;

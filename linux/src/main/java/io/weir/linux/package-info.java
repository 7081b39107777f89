/**
 * System calls, memory mappings and process affinity.
 *
 * <p>Role: everything that needs a restricted method of {@code java.lang.foreign} stands here and nowhere else. Errors
 * carry the call, the name of the errno and what to do about it ({@link io.weir.linux.LinuxException}).
 */
@NullMarked
package io.weir.linux;

import org.jspecify.annotations.NullMarked;

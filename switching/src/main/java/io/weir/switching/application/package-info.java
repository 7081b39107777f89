/** Network applications on a switching processor, and the guard that stops those that do not behave. Knows no packets. */
@NullMarked
package io.weir.switching.application;

import org.jspecify.annotations.NullMarked;

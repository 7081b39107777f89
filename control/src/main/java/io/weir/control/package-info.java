/**
 * The control processor: brings together what the file asks for, what people set by hand, what health checks find and what
 * servers report, has the master make weights of it, and puts them in force as numbered generations.
 */
@NullMarked
package io.weir.control;

import org.jspecify.annotations.NullMarked;
